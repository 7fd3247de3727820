using Microsoft.AspNetCore.Http.HttpResults;
using Postseal.Checks.Findings;

namespace Postseal.Server.Api;

/// <summary>The catalogue of findings, schema <c>postseal.findings/1</c>.</summary>
/// <param name="Schema">Always <c>postseal.findings/1</c>.</param>
/// <param name="Findings">In the order in which a report lists them.</param>
public sealed record FindingsDocument(string Schema, IReadOnlyList<FindingEntry> Findings);

/// <summary>One kind of finding.</summary>
/// <param name="Id">Stable id.</param>
/// <param name="Title">A short heading.</param>
/// <param name="Rfc">The section that rules it.</param>
/// <param name="Url">The page that explains it, relative to this site.</param>
public sealed record FindingEntry(string Id, string Title, string Rfc, string Url);

/// <summary>Lists the catalogue.</summary>
internal static class FindingsEndpoint
{
    public static Ok<FindingsDocument> List() =>
        TypedResults.Ok(
            new FindingsDocument(
                "postseal.findings/1",
                [.. Catalogue.All.Select(k => new FindingEntry(k.Id, k.Title, k.Rfc, $"/findings/{k.Id}"))]
            )
        );
}
