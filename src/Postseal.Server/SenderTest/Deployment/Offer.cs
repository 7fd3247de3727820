using System.Net.Sockets;
using Postseal.Lab.Domains;
using Postseal.Server.Configuration;
using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary>Which cases a deployment cannot offer, and why.</summary>
internal static class Offer
{
    /// <summary>By case id the reason.</summary>
    /// <param name="hasExpired">Whether there is an expired certificate to show.</param>
    public static IReadOnlyDictionary<string, string> NotOffered(SenderTestSettings settings, bool hasExpired)
    {
        var placement = new Placement(settings);
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var one in CaseCatalogue.All(settings.Zone, _ => false))
        {
            if (Reason(one, settings, placement, hasExpired) is { } reason)
                reasons.Add(one.Id, reason);
        }
        return reasons;
    }

    private static string? Reason(SenderCase one, SenderTestSettings settings, Placement placement, bool hasExpired)
    {
        var domain = one.Stages[0].Domain;
        return true switch
        {
            _ when domain.HasDnssec && !settings.HasDnssec => "The zone of this deployment is not signed with DNSSEC.",
            _ when one.Changes() && !settings.HasNameServer =>
                "Its records change while the test runs, and this deployment has no name server of its own.",
            _ when NeedsIPv6(domain) && !placement.HasRoomFor(domain) => "This deployment has no IPv6 address.",
            _ when !placement.HasRoomFor(domain) =>
                "A server without STARTTLS needs an address of its own, and this deployment has only one.",
            _ when Shows(domain, CertificateKind.NotYetValid) =>
                "No public authority issues a certificate that is not valid yet.",
            _ when Shows(domain, CertificateKind.Expired) && !hasExpired =>
                "This deployment has no expired certificate of a public authority yet.",
            _ => null,
        };
    }

    private static bool NeedsIPv6(LabDomain domain) =>
        domain.Receivers.All(r => r.Address.AddressFamily == AddressFamily.InterNetworkV6);

    private static bool Shows(LabDomain domain, CertificateKind kind) =>
        domain.Receivers.Any(r => Certificates.KindOf(r.Tls.Leaf) == kind);
}
