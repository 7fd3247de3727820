using Postseal.Protocol;

namespace Postseal.Resolver.PolicyHost;

/// <summary>The HTTPS seam: gets the policy text of a domain from its policy host (RFC 8461 §3.3).</summary>
public interface IPolicyHost
{
    /// <summary>What a sender does: resolves <c>mta-sts.DOMAIN</c>, tries its public addresses in turn until one answers, all within 60 s.</summary>
    Task<PolicyFetch> FetchAsync(DomainName domain, CancellationToken ct);

    /// <summary>What a checker does: fetches from every address, side by side, each within 60 s. The first element of
    /// <see cref="PolicyFetch.Attempts"/> that a sender would have stopped at is <see cref="PolicyFetch.Outcome"/>.</summary>
    Task<PolicyFetch> FetchFromEachAsync(DomainName domain, CancellationToken ct);
}
