using Postseal.Checks.Facts;
using Postseal.Protocol;
using Postseal.Resolver.Dns;
using Postseal.Resolver.PolicyHost;

namespace Postseal.Checks;

/// <summary>Checks domains: gathers, then judges.</summary>
public sealed class DomainCheck(IDns dns, IPolicyHost policyHost, CheckOptions options, TimeProvider clock) : IDisposable
{
    private readonly ProbeDesk _probes = new(options.Probe, new(), clock);

    /// <summary>Checks one domain. Whatever DNS, HTTPS and SMTP peers do, this returns by the deadline of the options; only cancellation throws.</summary>
    public async Task<CheckResult> RunAsync(DomainName domain, IProgress<GatherStep>? progress, CancellationToken ct) =>
        CheckResult.Of(await new DomainGatherer(dns, policyHost, _probes, options, clock).GatherAsync(domain, progress, ct));

    /// <summary>Abandons what still runs.</summary>
    public void Dispose() => _probes.Dispose();
}
