using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Postseal.Checks.Facts;
using Postseal.Lab.Dns;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary>Whether DNS says of a case's domain what it should. Pure: what was seen is judged, nothing is asked.</summary>
/// <param name="seen">The domain.</param>
/// <param name="addresses">Where every address record must lead; null for anywhere.</param>
internal sealed partial class RecordProblems(SeenDomain seen, IReadOnlyList<IPAddress>? addresses)
{
    private const string SignZone =
        "Sign the zone, put its DS record into the zone above, and look at it with a DNSSEC debugger; or do not offer this case.";

    private const string TryAgain =
        "Try again, or ask another resolver (--dns); if it stays so, look at the zone's name servers.";

    private readonly DomainFacts _facts = seen.Check.Facts;
    private readonly string _domain = seen.Wanted.Name;

    /// <summary>All of them; only one for a domain that is not there at all.</summary>
    public IEnumerable<Problem> All() =>
        _facts.Mx switch
        {
            MxLookup.Failed failed => [Failure(_domain, "MX", failed.Failure, failed.Detail)],
            MxLookup.Nowhere { NameExists: false } =>
            [
                Problem.Wrong(
                    $"There is no domain {_domain}.",
                    "Publish the zone file, and delegate the zone to its name servers in the zone above."
                ),
            ],
            var mx =>
            [
                .. Mx(mx),
                .. Txt(StsRecord.Label, _facts.Sts.Txt),
                .. Txt(TlsRptRecord.Label, _facts.TlsRptTxt),
                .. seen.Hosts.SelectMany(Addresses),
                .. Dane(mx),
            ],
        };

    private IEnumerable<Problem> Mx(MxLookup mx)
    {
        string[] wanted =
        [
            .. seen
                .Wanted.Records.OfType<ZoneRecord.Mx>()
                .OrderBy(m => m.Preference)
                .Select(m => SeenHost.Absolute(m.Exchange, seen.Wanted).Value),
        ];
        string[] found = mx is MxLookup.Hosts { IsImplicit: false, InOrder: var hosts }
            ? [.. hosts.Select(h => h.Name.Value)]
            : [];
        if (!found.SequenceEqual(wanted))
            yield return Problem.Wrong(
                $"Its MX hosts should be {string.Join(", then ", wanted)}; there are {(found.Length == 0 ? "none" : string.Join(", then ", found))}.",
                "Publish the MX records of this case and no others."
            );
    }

    private IEnumerable<Problem> Txt(string owner, DnsAnswer<string> answer)
    {
        string[] wanted = [.. seen.Wanted.Records.OfType<ZoneRecord.Txt>().Where(t => t.Owner == owner).Select(Joined)];
        // Foreign texts beside ours are nothing to a sender (RFC 8461 §3.1, RFC 8460 §3).
        string[] found = answer is DnsAnswer<string>.Found { Records: var texts }
            ? [.. texts.Where(t => wanted.Length > 0 || t.StartsWith("v=", StringComparison.Ordinal))]
            : [];
        var name = $"{owner}.{_domain}";
        if (answer is DnsAnswer<string>.Failed failed)
            yield return Failure(name, "TXT", failed.Failure, failed.Detail);
        else if (wanted.Length > 0 && !AnyId(found).SequenceEqual(AnyId(wanted)))
            yield return Problem.Wrong(
                found.Length == 0
                    ? $"There is no TXT record at {name}."
                    : $"The TXT record at {name} is not the one of this case: {string.Join(" and ", found)}.",
                $"Publish there, and nothing else:\n{string.Join('\n', wanted.Select(t => $"{name}. IN TXT \"{t}\""))}"
            );
    }

    private IEnumerable<Problem> Addresses(SeenHost host)
    {
        foreach (var (family, type, answer) in Families(host))
        {
            if (answer is DnsAnswer<IPAddress>.Failed failed)
                yield return Failure(host.Name.Value, type, failed.Failure, failed.Detail);
            else if (answer is DnsAnswer<IPAddress>.Absent && host.Wants(family))
                yield return Problem.Wrong($"{host.Name} has no {type} record.", "Publish the address records of this case.");
        }

        if (host.V4 is DnsAnswer<IPAddress>.Found && !host.Wants(AddressFamily.InterNetwork))
            yield return Problem.Wrong(
                $"{host.Name} should be reached over IPv6 only, but it has an A record.",
                "Remove the A record; look for a wildcard, too."
            );

        foreach (var stranger in host.Addresses.Where(a => addresses?.Contains(a) == false))
            yield return Problem.Wrong(
                $"{host.Name} leads to {stranger}, which is none of the addresses that were named ({string.Join(", ", addresses!)}).",
                "Correct the address record, or name that address, too."
            );
    }

    private static (AddressFamily Family, string Type, DnsAnswer<IPAddress> Answer)[] Families(SeenHost host) =>
        [(AddressFamily.InterNetwork, "A", host.V4), (AddressFamily.InterNetworkV6, "AAAA", host.V6)];

    private IEnumerable<Problem> Dane(MxLookup mx)
    {
        if (!seen.Wanted.HasDnssec)
            return _facts
                .Hosts.Where(h => h.Dane is DaneLookup.Usable or DaneLookup.Unusable)
                .Select(h =>
                    Problem.Wrong(
                        $"{h.Host.Name} has a TLSA record, so senders that know DANE do not ask for MTA-STS.",
                        "Remove the TLSA record; look for a wildcard, too."
                    )
                );

        if (!seen.BelievesDnssec)
            return
            [
                Problem.NotKnown(
                    "Whether its records are signed cannot be told: the resolver is not trusted with DNSSEC.",
                    "Ask a validating resolver on this machine, or say that the way to yours is safe: --trust-dnssec yes"
                ),
            ];

        return mx is MxLookup.Hosts { Secure: true }
            ? _facts.Hosts.SelectMany(Tlsa)
            : [Problem.Wrong("Its records should be signed (DNSSEC), but they are not.", SignZone)];
    }

    private static IEnumerable<Problem> Tlsa(MxHostFacts host) =>
        host.Dane switch
        {
            DaneLookup.Usable => [],
            DaneLookup.Failed failed => [Failure(host.Host.Name.Value, "TLSA", failed.Failure, failed.Detail)],
            DaneLookup.NotApplicable { Reason: "address-insecure" or "tlsa-insecure" } =>
            [
                Problem.Wrong($"The records of {host.Host.Name} should be signed (DNSSEC), but they are not.", SignZone),
            ],
            DaneLookup.NotApplicable { Reason: "no-address" } => [], // told of its addresses
            _ => [Problem.Wrong($"{host.Host.Name} has no usable TLSA record.", "Publish the TLSA record of this case.")],
        };

    // A signature that does not hold is a fault of the zone; all else may be one of the network or of the resolver.
    private static Problem Failure(string name, string type, DnsFailure failure, string detail) =>
        failure == DnsFailure.Bogus
            ? Problem.Wrong(
                $"The signature (DNSSEC) of the {type} records of {name} is not valid: {detail}",
                "Sign the zone again."
            )
            : Problem.NotKnown($"The {type} records of {name} could not be looked up: {detail}", TryAgain);

    // Ids change with the day or the test, and which one it is does not matter to a case; whether it is one does.
    private static IEnumerable<string> AnyId(IEnumerable<string> texts) =>
        texts.Select(t => PolicyId().Replace(t, "id=…")).Order(StringComparer.Ordinal);

    [GeneratedRegex("(?<=^v=STSv1; )id=[A-Za-z0-9]{1,32}(?=;$)")]
    private static partial Regex PolicyId();

    private static string Joined(ZoneRecord.Txt txt) => string.Concat(txt.Strings.Select(s => Encoding.Latin1.GetString(s.Span)));
}
