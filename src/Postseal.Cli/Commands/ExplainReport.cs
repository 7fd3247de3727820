using System.Globalization;
using Postseal.Cli.Output;
using Postseal.Cli.Policyd.Status;
using Postseal.Protocol;

namespace Postseal.Cli.Commands;

/// <summary>An explanation of the daemon as text for a postmaster.</summary>
internal static class ExplainReport
{
    private const int Label = 10; // columns of the names at the left
    private const int ChangesShown = 5;

    public static void Write(ExplainDocument d, Terminal terminal)
    {
        var ink = new Ink(terminal.Colour);
        terminal.Out.WriteLine(ink.Bold(Clean(d.Domain)));
        Line(terminal, "answer", $"{Words(d.Answer.Reply)} ({d.Answer.Cause}), until {Time(d.Answer.ValidUntil)}");
        Line(terminal, "postfix", d.Answer.Postfix);
        Line(terminal, "tlsrpt", d.Answer.PostfixTlsrpt);
        if (d.Override is { } o)
            Line(terminal, "override", $"{o.Action} until {Time(o.Expires)}: {o.Reason}");

        Line(terminal, "record", Record(d.Record));
        Line(terminal, "fetch", Fetch(d.Fetch));
        Line(terminal, "policy", Policy(d.Policy));
        if (d.Mx is { } mx)
        {
            Line(terminal, "mx", $"{mx.Outcome}, {(mx.Secure ? "DNSSEC-secure" : "not DNSSEC-secure")} {mx.Detail}".TrimEnd());
            foreach (var host in mx.Hosts)
                Line(terminal, "", $"{host.Preference} {host.Host}: DANE {host.Dane}. {host.Why}");
        }

        foreach (var (change, i) in d.Changes.Take(ChangesShown).Select((c, i) => (c, i)))
            Line(
                terminal,
                i == 0 ? "changes" : "",
                $"{Time(change.At)} {change.From ?? "no policy"} → {change.To ?? "no policy"} ({change.Cause}): {change.Detail}"
            );
    }

    private static string Record(RecordPart? record) =>
        record is null
            ? "not asked yet"
            : $"{record.Outcome}{(record.Reason is null ? "" : $" ({record.Reason})")}"
                + $"{(record.Text.Length == 0 ? "" : $": {record.Text}")}; asked {Time(record.AskedAt)}, again {Time(record.AskAgainAt)}";

    private static string Fetch(FetchPart? fetch) =>
        fetch switch
        {
            null => "not tried yet",
            { Succeeded: true } => $"succeeded {Time(fetch.At)} for id {fetch.Id}",
            _ =>
                $"failed {Time(fetch.At)} for id {fetch.Id} ({fetch.Stage}: {fetch.Reason}), not again before {Time(fetch.NotBefore)}. {fetch.Detail}",
        };

    private static string Policy(PolicyStatePart? policy) =>
        policy is null
            ? "none cached"
            : $"mode {policy.Mode}, id {policy.Id}, max_age {policy.MaxAge} s, mx: {string.Join(", ", policy.Mx)}; fetched {Time(policy.FetchedAt)}, "
                + (
                    policy.Live ? $"in force until {Time(policy.ExpiresAt)}, to be refreshed {Time(policy.RefreshAt)}" : "expired"
                );

    private static string Words(string reply) =>
        reply switch
        {
            "secure" => "TLS with a verified certificate of a host that the policy names",
            "dane-only" => "TLS authenticated by DANE on every host",
            "dane" => "TLS authenticated by DANE where a host publishes it",
            "notfound" => "no policy: the mail server's own default applies",
            "temp" => "mail is deferred for now",
            var other => other,
        };

    private static void Line(Terminal terminal, string label, string text)
    {
        var lines = Wrap.Lines(Clean(text), terminal.Width - Label - 2);
        foreach (var (line, i) in lines.Select((l, i) => (l, i)))
            terminal.Out.WriteLine($"  {(i == 0 ? label : "").PadRight(Label)}{line}");
    }

    private static string Clean(string text) => PrintableText.Of(text, 4000);

    private static string Time(DateTimeOffset time) =>
        time == DateTimeOffset.MaxValue
            ? "for ever"
            : time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
