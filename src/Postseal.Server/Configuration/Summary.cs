using Npgsql;

namespace Postseal.Server.Configuration;

/// <summary>What would run with a configuration, in a few lines and without a secret.</summary>
internal static class Summary
{
    /// <summary>The lines, each ended.</summary>
    public static string Of(ServerConfiguration c) =>
        $"""
            site       {string.Join(", ", c.Web.Listen)}{(
                c.Web.PublicUrl is { } url ? $", known as {url.GetLeftPart(UriPartial.Authority)}" : ""
            )}
            proxies    {(c.Web.TrustedProxies.Count == 0 ? "none" : string.Join(", ", c.Web.TrustedProxies))}
            operators  {c.Private.Listen}, {(c.Private.Token is null ? "without a token" : "with a token")}
            store      {Store(c)}, history for {c.Store.HistoryDays} days and at most {c.Store.HistoryMegabytes} MB
            limits     {c.Web.ChecksPerMinute} checks and {c.Web.RequestsPerMinute} requests a minute for each client, {c.Web.ChecksPerMinuteTotal} checks for all; {c.Web.Running} run, {c.Web.Waiting} wait
            lookups    {(
                c.Lookup.Servers.Count == 0 ? "the resolvers of this system" : string.Join(", ", c.Lookup.Servers)
            )}; results are kept for {c.Web.Keep.TotalMinutes:0} min
            senders    {Senders(c)}
            telemetry  {(c.Otlp is null ? "/metrics only" : $"/metrics and {c.Otlp.GetLeftPart(UriPartial.Authority)}")}

            """;

    private static string Senders(ServerConfiguration c) =>
        c.SenderTest is { } test
            ? $"are tested below {test.Zone}, at {string.Join(", ", test.Addresses)}; certificates in {test.CertificateFolder}"
            : "are not tested";

    private static string Store(ServerConfiguration c)
    {
        if (c.Store.Postgres is not { } secret)
            return $"SQLite in {c.DataDirectory}";

        var target = new NpgsqlConnectionStringBuilder(secret.Reveal());
        return $"PostgreSQL, database {target.Database ?? target.Username ?? "by default"} on {target.Host}";
    }
}
