using System.Net;
using Postseal.Protocol;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Postseal.Resolver.Sts;
using Postseal.Smtp.Probe;

namespace Postseal.Checks.Facts;

/// <summary>What was gathered about one MX host before the policy was known.</summary>
internal sealed record GatheredHost(
    MxHost Host,
    DnsAnswer<IPAddress> V4,
    DnsAnswer<IPAddress> V6,
    DaneLookup Dane,
    IReadOnlyList<ProbeResult> Probes,
    IReadOnlyList<DnsAnswer<DomainName>> Pointers
)
{
    /// <summary>Holds the host against the policy with the very rules a sender of ours would use.</summary>
    public MxHostFacts Decide(DomainName domain, MxLookup mx, StsLookup policy, DateTimeOffset now)
    {
        var mxSecure = mx is MxLookup.Hosts { Secure: true };
        var decision = Resolver.Decisions.Rules.Decide(domain, Host.Name, mxSecure, policy, Dane);
        return new(
            Host,
            V4,
            V6,
            Dane,
            decision,
            [.. Probes.Zip(Pointers, (p, ptr) => new SessionFacts(p, Resolver.Decisions.Rules.Judge(decision, p.Tls, now), ptr))]
        );
    }
}
