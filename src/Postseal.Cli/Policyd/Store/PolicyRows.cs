using System.Globalization;
using Microsoft.Data.Sqlite;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Sts;

namespace Postseal.Cli.Policyd.Store;

/// <summary>Reads rows back. A row that makes no sense is left out: it was written by another version, or by somebody else.</summary>
internal static class PolicyRows
{
    private const string Columns = "domain, id, fetched_at, used_at, text, length(text)";

    // A page of reading: policies of 64 kilobytes must not be in memory all at once.
    private const int PageRows = 500;
    private const int PageBytes = 1024 * 1024;

    // No fetch gives more (RFC 8461 §3.3), so a longer text is somebody else's.
    private const int MaxText = 64 * 1024;

    /// <summary>The next policies in the order of their names, as many as make a page; none at the end.</summary>
    /// <param name="connection">The store.</param>
    /// <param name="after">The name to go on after; empty to begin. Becomes the last one read.</param>
    /// <param name="skipped">Hears of rows that cannot be read.</param>
    public static List<KeptPolicy> Page(SqliteConnection connection, ref string after, Action<string> skipped)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            $"SELECT {Columns} FROM policies WHERE domain > $1 ORDER BY domain LIMIT {PageRows.ToString(CultureInfo.InvariantCulture)}";
        command.Parameters.AddWithValue("$1", after);
        using var rows = command.ExecuteReader();
        var (policies, bytes) = (new List<KeptPolicy>(), 0);
        while (bytes < PageBytes && rows.Read())
        {
            after = rows.GetString(0);
            if (Policy(rows) is { } policy)
                policies.Add(policy);
            else
                skipped(after);

            bytes += policies.Count > 0 ? policies[^1].Policy.Text.Length : 0;
        }

        return policies;
    }

    /// <summary>The policy of one domain; none where there is none.</summary>
    public static List<KeptPolicy> One(SqliteConnection connection, DomainName domain)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM policies WHERE domain = $1";
        command.Parameters.AddWithValue("$1", domain.Value);
        using var rows = command.ExecuteReader();
        return rows.Read() && Policy(rows) is { } policy ? [policy] : [];
    }

    private static KeptPolicy? Policy(SqliteDataReader rows) =>
        rows.GetInt64(5) <= MaxText
        && DomainName.TryParse(rows.GetString(0), out var domain, out _)
        && rows.GetFieldValue<byte[]>(4) is var text
        && StsPolicy.TryParse(text, out var policy, out _)
        && Time(rows.GetInt64(2)) is { } fetchedAt
        && Time(rows.GetInt64(3)) is { } usedAt
            ? new(new(domain, policy, text, rows.GetString(1), fetchedAt) { IsStored = true }, usedAt)
            : null;

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
