using System.Globalization;
using Postseal.Lab.Watching;
using Postseal.Protocol;

namespace Postseal.Server.SenderTest.Verdicts;

/// <summary>Evidence as lines for people.</summary>
internal static class EvidenceText
{
    /// <summary>How many lines are shown of one case; a sender that tries for two days repeats itself.</summary>
    public const int MaxLines = 100;

    private const int MaxLength = 300;

    /// <summary>One line for each thing seen, oldest first, safe to print.</summary>
    public static IReadOnlyList<string> Lines(Evidence evidence)
    {
        var lines = evidence
            .Facts.Where(f => f.What is not Observation.Left)
            .Select(f => (Fact: f, Whose: ""))
            .Concat(
                evidence.Doubtful.Select(f => (Fact: f, Whose: f.What is Observation.Bounced ? "" : "may be someone else's: "))
            )
            .Select(f => (f.Fact.First, Text: PrintableText.Of(Line(f.Fact, f.Whose, evidence.LastStage), MaxLength)))
            .OrderBy(l => l.First)
            .ThenBy(l => l.Text, StringComparer.Ordinal)
            .Select(l => l.Text)
            .ToList();
        return lines.Count <= MaxLines
            ? lines
            : [.. lines.Take(MaxLines), string.Create(CultureInfo.InvariantCulture, $"… and {lines.Count - MaxLines} more")];
    }

    private static string Line(Fact fact, string whose, int lastStage)
    {
        var stage = fact.Stage < lastStage ? "before: " : "";
        var client = fact.What.Client is { } address ? $", from {address}" : "";
        var times = fact.Count == 1 ? "" : $", {fact.Count.ToString(CultureInfo.InvariantCulture)} times";
        var time = fact.First.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return $"{time} {stage}{whose}{What(fact.What)}{client}{times}";
    }

    private static string What(Observation what) =>
        what switch
        {
            Observation.Asked asked => $"asked for {asked.Type} {asked.Name}{(asked.PolicyId is { } id ? $": id {id}" : "")}",
            Observation.Fetched fetched => string.Create(
                CultureInfo.InvariantCulture,
                $"fetched https://{fetched.Host}{fetched.Path}: {fetched.Status}{Agent(fetched.UserAgent)}"
            ),
            Observation.Reported reported => string.Create(
                CultureInfo.InvariantCulture,
                $"report posted to https://{reported.Host}: {reported.Length} bytes of {reported.ContentType}, {(reported.Domain is { } domain ? $"about {domain}" : "no report")}"
            ),
            Observation.HandshakeFailed failed => $"TLS with {failed.Host} failed: {failed.Reason}",
            Observation.Connected connected => $"connected to {connected.Host}",
            Observation.Greeted greeted => $"EHLO {greeted.Name} at {greeted.Host}{Over(greeted.OverTls)}",
            Observation.Secured secured =>
                $"{secured.Protocol} with {secured.Host}, {(secured.Sni is { } sni ? $"SNI {sni}" : "no SNI")}{Cipher(secured.Cipher)}",
            Observation.Addressed addressed =>
                $"RCPT {addressed.Recipient} at {addressed.Host}{Over(addressed.OverTls)}: {(addressed.Accepted ? "taken" : "refused")}",
            Observation.Delivered delivered =>
                $"message from <{delivered.Sender}> to {delivered.Recipient} taken at {delivered.Host}{Over(delivered.OverTls)}{Headers(delivered)}",
            Observation.Left left => $"left {left.Host}",
            Observation.Bounced bounced =>
                $"a bounce, brought by a visitor, says of {bounced.Recipient}: {Said(bounced.Action, bounced.Status, bounced.Text)}",
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>What a bounce says of one recipient, in a line; what stands in its text already is not said twice.</summary>
    public static string Said(string? action, string? status, string text) =>
        string.Join(
            ", ",
            new[] { action, status is not null && text.Contains(status, StringComparison.Ordinal) ? null : status, text }.Where(
                t => !string.IsNullOrEmpty(t)
            )
        );

    private static string Agent(string? agent) => agent is null ? ", no User-Agent" : $", User-Agent {agent}";

    private static string Cipher(string? cipher) => cipher is null ? "" : $", {cipher}";

    private static string Headers(Observation.Delivered of) =>
        Field("TLS-Required", of.TlsRequired)
        + Field("TLS-Report-Domain", of.ReportDomain)
        + Field("TLS-Report-Submitter", of.ReportSubmitter);

    private static string Field(string name, string? value) => value is null ? "" : $", {name}: {value}";

    private static string Over(bool tls) => tls ? " over TLS" : " in clear";
}
