using System.ComponentModel;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Documents;

/// <summary>The answers, in a word each.</summary>
public sealed record OverallPart(
    [property: Description("Whether it honours MTA-STS: yes, partly, no or inconclusive")] string MtaSts,
    [property: Description("Whether it honours DANE: yes, partly, no or inconclusive")] string Dane,
    [property: Description(
        "Whether DANE goes before MTA-STS: yes, partly, no or inconclusive. It is asked only of a sender that has both."
    )]
        string Precedence,
    [property: Description("Whether it sends TLS reports: yes, no or inconclusive")] string TlsReports
)
{
    internal static OverallPart Of(RunVerdict verdict) =>
        new(
            VerdictWords.Of(verdict.MtaSts),
            VerdictWords.Of(verdict.Dane),
            VerdictWords.Of(verdict.Precedence),
            VerdictWords.Of(verdict.TlsReports)
        );
}
