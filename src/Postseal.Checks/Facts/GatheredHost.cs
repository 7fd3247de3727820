using System.Net;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Decisions;
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
    /// <summary>Holds the host against the policy with the very rules a sender of ours would use. What is not judged by the deadline is unknown: verifying
    /// certificates is work, and how much of it is the domain's choice.</summary>
    public async Task<MxHostFacts> DecideAsync(
        DomainName domain,
        MxLookup mx,
        StsLookup policy,
        DateTimeOffset now,
        CancellationToken expired
    )
    {
        var mxSecure = mx is MxLookup.Hosts { Secure: true };
        var decision = Resolver.Decisions.Rules.Decide(domain, Host.Name, mxSecure, policy, Dane);
        var sessions = new List<SessionFacts>();
        foreach (var (probe, pointers) in Probes.Zip(Pointers))
        {
            sessions.Add(new(probe, Judge(decision, probe.Tls, now, expired), pointers));
            await Task.Yield(); // who judges beside us, for others, has its turn
        }

        return new(Host, V4, V6, Dane, decision, sessions);
    }

    private static SessionVerdict Judge(Decision decision, TlsOutcome outcome, DateTimeOffset now, CancellationToken expired) =>
        expired.IsCancellationRequested
            ? new SessionVerdict.Unknown("job-timeout")
            : Resolver.Decisions.Rules.Judge(decision, outcome, now);
}
