using Postseal.Protocol.MtaSts;
using Postseal.Protocol.Socketmap;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Mx;
using Postseal.Resolver.Sts;

namespace Postseal.Resolver.Decisions;

/// <summary>How the decisions for a destination's MX hosts become the one answer that Postfix takes: DANE first, where the MX RRset is secure
/// (RFC 8461 §2), then MTA-STS.</summary>
public static class DestinationRules
{
    /// <summary>Makes the answer.</summary>
    /// <param name="destination">Asked for.</param>
    /// <param name="sts">The policy, or why there is none.</param>
    /// <param name="lines">The policy's lines as published; empty without one.</param>
    /// <param name="route">MX hosts and TLSA records; null when not known (DNSSEC is not believed, or DNS did not answer in time).</param>
    public static DestinationPolicy Decide(Destination destination, StsLookup sts, IReadOnlyList<string> lines, MailRoute? route)
    {
        var hosts = Decisions(destination, sts, route);
        var alone = Sts(destination, hosts, sts, lines, route);
        return Dane(hosts, sts, route) is { } dane ? dane with { WithoutDane = alone.Reply } : alone;
    }

    private static List<(MxHost Host, Decision Decision)> Decisions(Destination destination, StsLookup sts, MailRoute? route) =>
        route is null
            ? []
            : [.. route.Hosts.Select(h => (h.Host, Rules.Decide(destination.Domain, h.Host.Name, route.IsSecure, sts, h.Dane)))];

    // Null where DANE has nothing to say. One broken host does not block the others (RFC 7672 §2.1.2).
    private static DestinationPolicy? Dane(List<(MxHost Host, Decision Decision)> hosts, StsLookup sts, MailRoute? route)
    {
        if (route is not { IsSecure: true })
            return null;

        // A host without an address takes no mail, whatever else is true of it.
        var reachable = hosts
            .Zip(route.Hosts)
            .Where(p => p.Second.Dane is not DaneLookup.NotApplicable { Reason: "no-address" })
            .ToList();
        var failed = reachable.Count(p => p.Second.Dane is DaneLookup.Failed);
        if (failed > 0 && failed == reachable.Count)
            return new(
                new SocketmapReply.Temporary(
                    "the TLSA records of no MX host can be looked up, though their addresses are DNSSEC-secure"
                ),
                "dane-lookup",
                hosts
            );

        var usable = reachable.Count(p => p.First.Decision is Decision.RequireTlsa);
        var enforced = sts is StsLookup.Found { Policy.Mode: StsMode.Enforce };
        if (usable > 0)
        {
            var all = usable + failed == reachable.Count && route.IsComplete;
            return new(all || enforced ? new SocketmapReply.DaneOnly() : new SocketmapReply.Dane(), "dane", hosts);
        }

        // Secure but unusable records demand TLS (RFC 7672 §2.2), and a host whose records are not known is not to be used: Postfix sees to both.
        var demandsTls = failed > 0 || reachable.Any(p => p.Second.Dane is DaneLookup.Unusable);
        return demandsTls && !enforced ? new(new SocketmapReply.Dane(), "dane", hosts) : null;
    }

    private static DestinationPolicy Sts(
        Destination destination,
        List<(MxHost Host, Decision Decision)> hosts,
        StsLookup sts,
        IReadOnlyList<string> lines,
        MailRoute? route
    ) =>
        sts switch
        {
            StsLookup.Found { Policy: { Mode: StsMode.Enforce } policy } => new(
                new SocketmapReply.Secure(destination.Domain, policy, lines, Names(route)),
                "enforce",
                hosts
            ),
            StsLookup.Found { Policy.Mode: var mode } => new(new SocketmapReply.NotFound(), mode.ToWire(), hosts),
            StsLookup.Unusable unusable => new(new SocketmapReply.NotFound(), Word(unusable.Stage), hosts),
            _ when route is { Mx: MxLookup.Failed } => new(new SocketmapReply.NotFound(), "mx", hosts),
            _ => new(new SocketmapReply.NotFound(), "not-published", hosts),
        };

    private static List<Protocol.DomainName>? Names(MailRoute? route) =>
        route is { Mx: MxLookup.Hosts { InOrder: var hosts } } ? [.. hosts.Select(h => h.Name)] : null;

    private static string Word(LookupStage stage) =>
        stage switch
        {
            LookupStage.Dns => "dns",
            LookupStage.Record => "record",
            LookupStage.Fetch => "fetch",
            LookupStage.Policy => "policy",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
