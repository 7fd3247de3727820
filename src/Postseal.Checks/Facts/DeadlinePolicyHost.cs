using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.PolicyHost;

namespace Postseal.Checks.Facts;

/// <summary>The policy host under the deadline of a whole check: running out of our time proves nothing about the domain.</summary>
internal sealed class DeadlinePolicyHost(IPolicyHost inner, CancellationToken expired) : IPolicyHost
{
    public Task<PolicyFetch> FetchAsync(DomainName domain, CancellationToken ct) =>
        Deadline.RunAsync(t => inner.FetchAsync(domain, t), () => OutOfTime(domain), expired, ct);

    public Task<PolicyFetch> FetchFromEachAsync(DomainName domain, CancellationToken ct) =>
        Deadline.RunAsync(t => inner.FetchFromEachAsync(domain, t), () => OutOfTime(domain), expired, ct);

    private static PolicyFetch OutOfTime(DomainName domain)
    {
        domain.TryPrepend(StsPolicy.HostLabel, out var host);
        var outcome = new FetchOutcome.Failed(FetchFailure.Timeout, "The time given for the whole check ran out.", Ours: true);
        return new(host, [], outcome, [], TimeSpan.Zero);
    }
}
