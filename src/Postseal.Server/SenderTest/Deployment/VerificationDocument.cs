using System.Text.Json;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary>A verification as JSON, <c>postseal.sender-test-verify/1</c>: a contract. Fields are added, never renamed.</summary>
/// <param name="NotOffered">Ids of cases that were left out.</param>
internal sealed record VerificationDocument(
    string Schema,
    string Zone,
    IReadOnlyList<VerifiedCaseDocument> Cases,
    IReadOnlyList<string> NotOffered
)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static VerificationDocument Of(string zone, IEnumerable<VerifiedCase> cases, IReadOnlyList<string> notOffered) =>
        new("postseal.sender-test-verify/1", zone, [.. cases.Select(VerifiedCaseDocument.Of)], notOffered);

    public string ToJson() => JsonSerializer.Serialize(this, Options);
}

/// <summary>One case.</summary>
/// <param name="Ok">Whether it is as it should be.</param>
/// <param name="State"><c>ok</c>, <c>wrong</c> or <c>unknown</c>.</param>
internal sealed record VerifiedCaseDocument(
    string Id,
    string Domain,
    bool Ok,
    string State,
    IReadOnlyList<ProblemDocument> Problems
)
{
    public static VerifiedCaseDocument Of(VerifiedCase one) =>
        new(
            one.Case.Id,
            one.Case.Domain,
            one.State == CaseState.AsItShouldBe,
            one.State switch
            {
                CaseState.AsItShouldBe => "ok",
                CaseState.Wrong => "wrong",
                _ => "unknown",
            },
            [.. one.Problems.Select(p => new ProblemDocument(p.Text, p.Remedy, p.IsProven))]
        );
}

/// <summary>Something that is not as it should be.</summary>
/// <param name="Proven">False when it could not be found out.</param>
internal sealed record ProblemDocument(string Text, string Remedy, bool Proven);
