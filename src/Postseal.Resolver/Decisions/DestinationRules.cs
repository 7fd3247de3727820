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
    /// <param name="text">The policy's text as served; empty without one.</param>
    /// <param name="route">MX hosts and TLSA records; null when not known (DNSSEC is not believed, or DNS did not answer in time).</param>
    public static DestinationPolicy Decide(Destination destination, StsLookup sts, ReadOnlyMemory<byte> text, MailRoute? route)
    {
        var alone = Sts(destination, sts, text, route);
        return Dane(Decisions(destination, sts, route), sts, route) is { } dane ? dane with { WithoutDane = alone.Reply } : alone;
    }

    /// <summary>The decision for each MX host that was looked at; none where the hosts are not known.</summary>
    public static IReadOnlyList<(MxHost Host, Decision Decision)> Decisions(
        Destination destination,
        StsLookup sts,
        MailRoute? route
    ) =>
        route is null
            ? []
            : [.. route.Hosts.Select(h => (h.Host, Rules.Decide(destination.Domain, h.Host.Name, route.IsSecure, sts, h.Dane)))];

    // Null where DANE has nothing to say. One broken host does not block the others (RFC 7672 §2.1.2).
    private static DestinationPolicy? Dane(IReadOnlyList<(MxHost Host, Decision Decision)> hosts, StsLookup sts, MailRoute? route)
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
                "dane-lookup"
            );

        var usable = reachable.Count(p => p.First.Decision is Decision.RequireTlsa);
        var enforced = sts is StsLookup.Found { Policy.Mode: StsMode.Enforce };
        if (usable > 0)
        {
            var all = usable + failed == reachable.Count && route.IsComplete;
            return new(all || enforced ? new SocketmapReply.DaneOnly() : new SocketmapReply.Dane(), "dane");
        }

        // Secure but unusable records demand TLS (RFC 7672 §2.2), and a host whose records are not known is not to be used: Postfix sees to both.
        var demandsTls = failed > 0 || reachable.Any(p => p.Second.Dane is DaneLookup.Unusable);
        return demandsTls && !enforced ? new(new SocketmapReply.Dane(), "dane") : null;
    }

    private static DestinationPolicy Sts(Destination destination, StsLookup sts, ReadOnlyMemory<byte> text, MailRoute? route) =>
        sts switch
        {
            StsLookup.Found { Policy: { Mode: StsMode.Enforce } policy } => new(
                new SocketmapReply.Secure(destination.Domain, policy, text, Names(route)),
                "enforce"
            ),
            StsLookup.Found { Policy.Mode: var mode } => new(new SocketmapReply.NotFound(), mode.ToWire()),
            StsLookup.Unusable unusable => new(new SocketmapReply.NotFound(), Word(unusable.Stage)),
            _ when route is { Mx: MxLookup.Failed } => new(new SocketmapReply.NotFound(), "mx"),
            _ => new(new SocketmapReply.NotFound(), "not-published"),
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
