using Microsoft.AspNetCore.Http.HttpResults;
using Postseal.Checks.Lint;
using Postseal.Server.Hosting;

namespace Postseal.Server.Api;

/// <summary>Checks a policy text that somebody sends.</summary>
internal static class LintEndpoint
{
    public static async Task<Ok<LintDocument>> LintAsync(HttpRequest request, CancellationToken ct) =>
        TypedResults.Ok(PolicyLint.Inspect((await Bodies.ReadAsync(request, ct)).Span));
}
