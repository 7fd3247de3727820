using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Postseal.Lab;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Dns;
using Postseal.Resolver.PolicyHost;
using Postseal.Resolver.Sts;

namespace Postseal.Tests.Server.SenderTest.Simulator;

/// <summary>The policies of a simulated sender: our own resolver, and what a defect makes of it.</summary>
internal sealed class SimulatedPolicies : IDisposable
{
    private static readonly (Defect Defect, FetchFailure Failure)[] Forgiven =
    [
        (Defect.FollowsRedirects, FetchFailure.Redirect),
        (Defect.TakesAnyStatus, FetchFailure.HttpStatus),
        (Defect.TakesAnyPolicyHost, FetchFailure.TlsName),
        (Defect.ReadsLongPolicies, FetchFailure.Size),
        (Defect.TakesAnyMediaType, FetchFailure.MediaType),
    ];

    private readonly Defect _defects;
    private readonly StsResolver _live;
    private readonly PolicyResolver _cached;
    private readonly ConcurrentDictionary<DomainName, StsLookup> _first = new();

    public SimulatedPolicies(
        LabInternet lab,
        DnsClientDns resolver,
        X509Certificate2Collection roots,
        TimeProvider clock,
        Defect defects,
        IPolicyStore store
    )
    {
        _defects = defects;
        IDns dns =
            Has(Defect.TakesFirstRecord) ? new FirstRecordDns(resolver)
            : Has(Defect.TakesAnyId) ? new LenientIdDns(resolver)
            : resolver;
        var options = new PolicyHostOptions
        {
            Roots = new(roots),
            AllowPrivate = true,
            Port = lab.HttpsPort,
        };
        IPolicyHost host = new HttpsPolicyHost(resolver, options, clock);
        foreach (var (_, failure) in Forgiven.Where(f => Has(f.Defect)))
            host = new ForgivingPolicyHost(host, lab, failure);

        if (Has(Defect.NeedsNoVersion))
            host = new VersionlessPolicyHost(host);

        _live = new(dns, host);
        _cached = new(dns, host, store, clock);
    }

    /// <summary>Takes up what it knows from before.</summary>
    public Task LoadAsync(CancellationToken ct) => _cached.LoadAsync(ct);

    public async Task<StsLookup> LookupAsync(DomainName domain, CancellationToken ct)
    {
        if (Has(Defect.IgnoresPolicies))
            return new StsLookup.NotPublished();
        if (Has(Defect.ForgetsPolicies))
            return (await _live.LookupAsync(domain, each: false, ct)).Lookup;
        if (!Has(Defect.NeverRefreshes))
            return await _cached.ResolveAsync(domain, ct);

        if (!_first.TryGetValue(domain, out var known))
            _first[domain] = known = await _cached.ResolveAsync(domain, ct);
        return known;
    }

    /// <summary>The policy as the sender reads it with this host before it.</summary>
    public StsLookup AsUnderstood(StsLookup sts, DomainName host)
    {
        if (sts is not StsLookup.Found { Policy: var policy })
            return sts;
        if (policy.Mode == StsMode.Testing && Has(Defect.EnforcesTesting))
            policy = policy with { Mode = StsMode.Enforce };
        if (Has(Defect.IgnoresMxPatterns) || Has(Defect.MatchesWildcardsTooDeep) && CoversDeep(policy, host))
            policy = policy with { Mx = [new MxPattern(IsWildcard: false, host)] };
        return new StsLookup.Found(policy, Fresh: false);
    }

    public void Dispose() => _cached.Dispose();

    private bool Has(Defect defect) => (_defects & defect) != 0;

    private static bool CoversDeep(StsPolicy policy, DomainName host) =>
        policy.Mx.Any(p => p.IsWildcard && host.IsWithin(p.Domain) && !host.Equals(p.Domain));
}
