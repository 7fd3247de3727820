using Microsoft.Data.Sqlite;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Sts;

namespace Postseal.Cli.Policyd.Store;

/// <summary>Reads rows back. A row that makes no sense is left out: it was written by another version, or by somebody else.</summary>
internal static class PolicyRows
{
    public static List<KeptPolicy> Policies(SqliteConnection connection, Action<string> skipped)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT domain, id, fetched_at, used_at, text FROM policies";
        using var rows = command.ExecuteReader();
        var policies = new List<KeptPolicy>();
        while (rows.Read())
        {
            var text = rows.GetFieldValue<byte[]>(4);
            if (
                DomainName.TryParse(rows.GetString(0), out var domain, out _)
                && StsPolicy.TryParse(text, out var policy, out _)
                && Time(rows.GetInt64(2)) is { } fetchedAt
                && Time(rows.GetInt64(3)) is { } usedAt
            )
                policies.Add(new(new(domain, policy, rows.GetString(1), fetchedAt) { Text = text }, usedAt));
            else
                skipped(rows.GetString(0));
        }

        return policies;
    }

    public static List<PolicyChange> Changes(SqliteConnection connection, DomainName domain, int most)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT at, from_mode, to_mode, cause, detail FROM changes WHERE domain = $1 ORDER BY seq DESC LIMIT $2";
        command.Parameters.AddWithValue("$1", domain.Value);
        command.Parameters.AddWithValue("$2", most);
        using var rows = command.ExecuteReader();
        var changes = new List<PolicyChange>();
        while (rows.Read())
        {
            var cause = Enum.GetValues<ChangeCause>().FirstOrDefault(c => c.ToWire() == rows.GetString(3));
            changes.Add(
                new(
                    domain,
                    Time(rows.GetInt64(0)) ?? default,
                    Mode(rows.IsDBNull(1) ? null : rows.GetString(1)),
                    Mode(rows.IsDBNull(2) ? null : rows.GetString(2)),
                    cause,
                    rows.GetString(4)
                )
            );
        }

        return changes;
    }

    public static string? Text(StsMode? mode) => mode?.ToWire();

    private static StsMode? Mode(string? text) =>
        text switch
        {
            "none" => StsMode.None,
            "testing" => StsMode.Testing,
            "enforce" => StsMode.Enforce,
            _ => null,
        };

    private static DateTimeOffset? Time(long milliseconds) =>
        milliseconds is >= 0 and <= 253402300799999 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null; // year 9999
}
