using Microsoft.AspNetCore.Http.HttpResults;
using Postseal.Checks.Lint;

namespace Postseal.Server.Api;

/// <summary>Checks a policy text that somebody sends.</summary>
internal static class LintEndpoint
{
    private const int MaxBytes = 64 * 1024; // RFC 8461 §3.3: senders read no more

    public static async Task<Ok<LintDocument>> LintAsync(HttpRequest request, CancellationToken ct)
    {
        var buffer = new byte[MaxBytes + 1]; // one more, to see that there is more
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return TypedResults.Ok(PolicyLint.Inspect(buffer.AsSpan(0, length)));
    }
}
