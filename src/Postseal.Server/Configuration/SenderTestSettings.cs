using System.Net;
using Postseal.Server.SenderTest.Tests;

namespace Postseal.Server.Configuration;

/// <summary><c>[sender-test]</c>: the recipient domains of the sender test, below a zone of one's own.</summary>
/// <param name="Zone">Absolute, lower case, without the final dot.</param>
/// <param name="Addresses">What the world knows this machine by, IPv4 first to last and IPv6 first to last; at least one of IPv4. The first of a family serves all
/// cases, the second those that offer no STARTTLS, the third tells apart two servers of one domain.</param>
/// <param name="CertificateFolder">Where certificates and keys are.</param>
public sealed record SenderTestSettings(string Zone, IReadOnlyList<IPAddress> Addresses, string CertificateFolder)
{
    /// <summary>Where to listen for each of the addresses, in their order; the same unless this machine stands behind address translation.</summary>
    public IReadOnlyList<IPAddress> Listen { get; init; } = Addresses;

    /// <summary>Whether this machine is a name server for the cases: only then can their records change, and questions be seen.</summary>
    public bool HasNameServer { get; init; } = true;

    /// <summary>Whether the zone is signed with DNSSEC, by name servers of the operator's own.</summary>
    public bool HasDnssec { get; init; }

    /// <summary>Tests at a time that have domains that change.</summary>
    public int Places { get; init; } = SenderBench.StandardPlaces;

    /// <summary>Port of the name server; another than 53 is for labs.</summary>
    public int DnsPort { get; init; } = 53;

    /// <summary>Port of the policy hosts; another than 443 is for labs.</summary>
    public int HttpsPort { get; init; } = 443;

    /// <summary>Port of the mail servers; another than 25 is for labs.</summary>
    public int SmtpPort { get; init; } = 25;

    /// <summary>The name server's name, where there is one.</summary>
    public string NameServer => $"ns.{Zone}";

    /// <summary>What mail servers are called that share an address, until a client says which one it means.</summary>
    public string Front => $"mx.{Zone}";
}
