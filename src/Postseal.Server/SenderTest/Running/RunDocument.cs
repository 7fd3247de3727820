using System.Text.Json;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Running;

/// <summary>A run as JSON, <c>postseal.sender-test/1</c>: a contract. Fields are added, never renamed.</summary>
internal sealed record RunDocument(string Schema, RunSender Sender, RunOverall Overall, bool Final, IReadOnlyList<RunCase> Cases)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static RunDocument Of(RunSender sender, RunVerdict verdict) =>
        new(
            "postseal.sender-test/1",
            sender,
            new(
                VerdictWords.Of(verdict.MtaSts),
                VerdictWords.Of(verdict.Dane),
                VerdictWords.Of(verdict.Precedence),
                VerdictWords.Of(verdict.TlsReports)
            ),
            verdict.IsFinal,
            [.. verdict.Cases.Select(c => new RunCase(c.Id, VerdictWords.Of(c.Outcome), c.Expected, c.Seen, c.Evidence))]
        );

    public string ToJson() => JsonSerializer.Serialize(this, Options);
}

/// <summary>What is known of the sender itself; texts that are safe to print.</summary>
/// <param name="Via">Where its mail was handed in.</param>
/// <param name="Names">What it calls itself when it delivers (EHLO).</param>
/// <param name="Agents">What its policy fetcher calls itself.</param>
internal sealed record RunSender(string Via, IReadOnlyList<string> Names, IReadOnlyList<string> Agents);

/// <summary>The answers in a word each.</summary>
internal sealed record RunOverall(string MtaSts, string Dane, string Precedence, string TlsReports);

/// <summary>One case.</summary>
internal sealed record RunCase(string Id, string Verdict, string Expected, string Seen, IReadOnlyList<string> Evidence);
