using Postseal.Protocol;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Postseal.Resolver.PolicyHost;
using Postseal.Resolver.Sts;

namespace Postseal.Checks.Facts;

/// <summary>Gathers the facts about a domain; whatever does not depend on something else runs side by side.</summary>
public sealed class DomainGatherer(IDns dns, IPolicyHost policyHost, ProbeDesk probes, CheckOptions options, TimeProvider clock)
{
    /// <summary>Gathers everything, by the deadline of the options at the latest.</summary>
    /// <param name="domain">The policy domain.</param>
    /// <param name="progress">Told of every step that ends; null for nobody.</param>
    /// <param name="ct">Cancels the whole check.</param>
    public async Task<DomainFacts> GatherAsync(DomainName domain, IProgress<GatherStep>? progress, CancellationToken ct)
    {
        var (checkedAt, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        using var expiry = new CancellationTokenSource(options.Timeout, clock);
        var budget = new CheckBudget();
        var run = Run(domain, budget, progress, expiry.Token);

        var sts = run.StsAsync(ct);
        var apex = run.Dns.TxtAsync(domain, ct);
        var reports = run.ReportsAsync(ct);
        var mx = await run.MxAsync(ct);
        var hosts = await run.HostsAsync(mx, ct);

        var evidence = await sts;
        var (txt, selection, targets) = await reports;
        var found = await apex;
        var judged = await DecideAsync(hosts, domain, mx, evidence.Lookup, expiry.Token);
        return new(domain, checkedAt, clock.GetElapsedTime(started), evidence, txt, selection, targets, found, mx, judged)
        {
            Cost = new(budget.Outbound.Connections, budget.Questions, budget.Outbound.Bytes),
        };
    }

    /// <summary>Looks at the hosts that take the domain's mail and holds them against a policy that is not published (yet).</summary>
    public async Task<(MxLookup Mx, IReadOnlyList<MxHostFacts> Hosts)> GatherMailAsync(
        DomainName domain,
        Func<MxLookup, StsLookup> policyFor,
        CancellationToken ct
    )
    {
        using var expiry = new CancellationTokenSource(options.Timeout, clock);
        var run = Run(domain, new(), null, expiry.Token);
        var mx = await run.MxAsync(ct);
        var hosts = await run.HostsAsync(mx, ct);
        return (mx, await DecideAsync(hosts, domain, mx, policyFor(mx), expiry.Token));
    }

    private async Task<IReadOnlyList<MxHostFacts>> DecideAsync(
        IReadOnlyList<GatheredHost> hosts,
        DomainName domain,
        MxLookup mx,
        StsLookup policy,
        CancellationToken expired
    )
    {
        var judged = new List<MxHostFacts>();
        foreach (var host in hosts)
            judged.Add(await host.DecideAsync(domain, mx, policy, clock.GetUtcNow(), expired));

        return judged;
    }

    private GatherRun Run(DomainName domain, CheckBudget budget, IProgress<GatherStep>? progress, CancellationToken expired) =>
        new(
            domain,
            new DeadlineDns(dns, budget, expired),
            new DeadlinePolicyHost(policyHost, expired),
            probes,
            options,
            budget,
            clock,
            progress,
            expired
        );
}
