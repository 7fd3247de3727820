using System.Text.Json;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Documents;

/// <summary>A sender and its verdicts as JSON, <c>postseal.sender-test/1</c>: a contract. Fields are added, never renamed. A test on the web has these fields and some more.</summary>
internal sealed record RunDocument(
    string Schema,
    SenderPart Sender,
    OverallPart Overall,
    bool Final,
    IReadOnlyList<CasePart> Cases
)
{
    /// <summary>The name of the schema.</summary>
    public const string Name = "postseal.sender-test/1";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>What a run gives.</summary>
    /// <param name="cases">Those of the verdict.</param>
    public static RunDocument Of(SenderPart sender, IReadOnlyList<SenderCase> cases, RunVerdict verdict) =>
        new(
            Name,
            sender,
            OverallPart.Of(verdict),
            verdict.IsFinal,
            [.. verdict.Cases.Select(v => CasePart.Of(cases.First(c => c.Id == v.Id), address: null, v))]
        );

    /// <summary>As text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Options);
}
