using Postseal.Checks.Export;
using Postseal.Checks.Json;

namespace Postseal.Server.Pages.Outcome;

/// <summary>A finished check, from the verdict down to the evidence.</summary>
public sealed partial class Result
{
    private CheckDocument Document => Model.Document;

    private string Verdict =>
        $"Refused: {Look.OfMail(Document.Verdict.Mail).Word}. Protected: {Look.OfProtection(Document.Verdict.Protection).Word}.";

    private IReadOnlyList<FindingPart> Problems =>
        [
            .. Document
                .Findings.Where(f => f.Level != "ok")
                .OrderBy(f => Look.Levels.TakeWhile(l => l != Look.OfLevel(f.Level)).Count()),
        ];

    private IReadOnlyList<FindingPart> Fine => [.. Document.Findings.Where(f => f.Level == "ok")];

    private IReadOnlyList<CopyBlock> Copies => CopyReady.Of(Document);
}
