using Postseal.Checks.Facts;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Mx;

namespace Postseal.Cli.Commands;

/// <summary>Where the live MX hosts would fail a policy that is not published yet.</summary>
internal static class NewPolicyWarnings
{
    public static IEnumerable<string> Of(StsPolicy policy, MxLookup mx, IReadOnlyList<MxHostFacts> hosts, DateTimeOffset now)
    {
        if (policy.Mode == StsMode.None)
            yield break;

        foreach (var host in hosts.Where(h => !policy.Covers(h.Host.Name)))
            yield return $"{host.Host.Name} cannot be written in a policy: it is no host name. Rename the MX host.";

        foreach (var host in hosts.Where(h => h.Sessions.Count == 0))
            yield return $"{host.Host.Name} has no address; do not list a host that cannot take mail.";

        foreach (var host in hosts)
        foreach (var session in host.Sessions)
        {
            var address = $"{host.Host.Name} [{session.Probe.Address}]";
            switch (Strict(host.Decision) is { } strict ? Rules.Judge(strict, session.Probe.Tls, now) : session.Verdict)
            {
                case SessionVerdict.Avoid avoid:
                    var reason = avoid.ReasonCode.Length > 0 ? $" ({avoid.ReasonCode})" : "";
                    yield return $"{address} would be refused under enforce: {avoid.Result.ToWire()}{reason}. Run 'postseal probe {host.Host.Name}' and mend it first.";
                    break;
                case SessionVerdict.Unknown unknown:
                    yield return $"{address} could not be tested from here ({unknown.Reason}): make sure that it offers TLS with a certificate for {host.Host.Name}.";
                    break;
            }
        }

        if (mx is MxLookup.Hosts { IsImplicit: true })
            yield return "There is no MX record: the policy lists the domain itself. Publish an MX record first, so that the two cannot drift apart.";
    }

    /// <summary>A testing policy is judged like enforce here: what matters is whether it could become enforce.</summary>
    private static Decision? Strict(Decision decision) => (decision as Decision.Opportunistic)?.Judged;
}
