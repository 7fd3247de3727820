using System.Net;
using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Sites;

/// <summary>A site with its addresses and certificates.</summary>
public sealed record PlacedSite(Site Site, IPEndPoint PolicyPlace, Issued PolicyCertificate, IReadOnlyList<PlacedMx> Mx)
{
    // Longer than any checker calls short, and a value that nobody publishes by accident.
    private const int MaxAge = 2_592_000;

    /// <summary>Gives a site its addresses and certificates.</summary>
    public static PlacedSite Place(Site site, LoopbackNet net, PrivateCa ca) =>
        new(
            site,
            new(net.Next(), net.Ports.Https),
            ca.Issue($"mta-sts.{site.Domain}", site.PolicyHost?.Certificate ?? CertificateKind.Good),
            [.. site.Mx.Select(mx => PlacedMx.Place(mx, site.Domain, net, ca))]
        );

    /// <summary>What the policy host serves.</summary>
    public string PolicyText
    {
        get
        {
            var patterns = Site.Listed ?? [.. Mx.Select(mx => mx.Host)];
            return string.Concat(
                patterns
                    .Select(pattern => $"mx: {pattern}")
                    .Prepend($"mode: {Site.Mode}")
                    .Prepend("version: STSv1")
                    .Append($"max_age: {MaxAge}")
                    .Select(line => line + "\r\n")
            );
        }
    }

    /// <summary>What the zones say about it.</summary>
    public IEnumerable<DnsRecord> Records()
    {
        var domain = Site.Domain;
        for (var i = 0; i < Mx.Count; i++)
            yield return new(domain, $"MX {10 * (i + 1)} {Mx[i].Host}.");

        foreach (var record in Mx.SelectMany(mx => mx.Records()))
            yield return record;

        if (Site.Mode is null)
            yield break;

        yield return new($"_smtp._tls.{domain}", $"TXT \"v=TLSRPTv1; rua=mailto:tls-reports@{domain}\"");
        yield return new($"_mta-sts.{domain}", "TXT \"v=STSv1; id=20261123\"");
        yield return new($"mta-sts.{domain}", $"A {PolicyPlace.Address}");
    }
}

/// <summary>An MX host with its address and certificates.</summary>
/// <param name="Mx">What it shall be like.</param>
/// <param name="Host">Its full name.</param>
/// <param name="EndPoint">Its only address, and its port.</param>
/// <param name="Certificate">What it shows.</param>
/// <param name="WithSni">What it shows instead to those who name it by SNI; null for the same.</param>
public sealed record PlacedMx(Mx Mx, string Host, IPEndPoint EndPoint, Issued Certificate, Issued? WithSni)
{
    /// <summary>Gives an MX host its address and certificates.</summary>
    public static PlacedMx Place(Mx mx, string domain, LoopbackNet net, PrivateCa ca)
    {
        var host = mx.Label == "@" ? domain : $"{mx.Label}.{domain}";
        var withSni = mx.GoodOnlyWithSni ? ca.Issue(host, CertificateKind.Good) : null;
        return new(mx, host, new(net.Next(), net.Ports.Smtp), ca.Issue(host, mx.Certificate), withSni);
    }

    /// <summary>Its address, the reverse name, and TLSA.</summary>
    public IEnumerable<DnsRecord> Records()
    {
        yield return new(Host, $"A {EndPoint.Address}");

        var octets = EndPoint.Address.GetAddressBytes();
        yield return new($"{octets[3]}.{octets[2]}.{octets[1]}.{octets[0]}.in-addr.arpa", $"PTR {Host}.");

        var tlsa = Mx.Tlsa switch
        {
            Tlsa.LeafKey => $"3 1 1 {Certificate.LeafKeyHash}",
            Tlsa.IssuerKey => $"2 1 1 {Certificate.IssuerKeyHash}",
            Tlsa.OldKey => $"3 1 1 {new string('a', 64)}",
            _ => null,
        };
        if (tlsa is not null)
            yield return new($"_{EndPoint.Port}._tcp.{Host}", $"TLSA {tlsa}");
    }
}

/// <summary>A record of a zone file.</summary>
/// <param name="Owner">Full name without the final dot.</param>
/// <param name="Data">Type and data.</param>
public sealed record DnsRecord(string Owner, string Data);
