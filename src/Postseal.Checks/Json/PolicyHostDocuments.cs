using Postseal.Protocol.MtaSts;
using Postseal.Resolver.PolicyHost;

namespace Postseal.Checks.Json;

/// <summary>The part of the check document that is about the policy host.</summary>
internal static class PolicyHostDocuments
{
    public static PolicyHostPart? Of(PolicyFetch? fetch) =>
        fetch?.Host is not { } host
            ? null
            : new(
                host.Value,
                $"https://{host}{StsPolicy.Path}",
                Outcome(fetch.Outcome),
                Problem(fetch.Outcome),
                [.. fetch.Attempts.Select(Attempt)]
            );

    private static FetchPart Attempt(FetchAttempt attempt) =>
        new(
            attempt.Address.ToString(),
            Outcome(attempt.Outcome),
            Problem(attempt.Outcome),
            attempt.Tls,
            attempt.Response?.Status,
            attempt.Response?.ContentType,
            attempt.Chain is null ? null : MxDocuments.Certificate(attempt.Chain),
            attempt.Elapsed.TotalMilliseconds
        );

    private static string Outcome(FetchOutcome outcome) =>
        outcome is FetchOutcome.Failed { Failure: var failure } ? failure.ToWire() : "fetched";

    private static string? Problem(FetchOutcome outcome) => (outcome as FetchOutcome.Failed)?.Detail;
}
