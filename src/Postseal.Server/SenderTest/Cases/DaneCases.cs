using Postseal.Lab.Dns;

namespace Postseal.Server.SenderTest.Cases;

/// <summary>DANE alone, and DANE and MTA-STS that disagree; DANE goes first. These need a signed zone.</summary>
internal static class DaneCases
{
    private const string Owner = "_25._tcp.mx1";
    private const int DigestLength = 32;

    private const string DaneFirst =
        "Ask for DANE, and for DANE before MTA-STS: where a host has signed TLSA records, they decide and the policy does not (postseal policyd tells Postfix so).";

    // Of no key there is.
    private static readonly ZoneRecord Mismatch = new ZoneRecord.Tlsa(
        Owner,
        3,
        1,
        1,
        [.. Enumerable.Repeat((byte)0x5e, DigestLength)]
    );

    public static SenderCase[] Of(CaseKit kit) =>
        [
            kit.Case(
                CaseCatalogue.DaneControlId,
                "DANE bad, no policy",
                "The TLSA record is for another key, and there is no MTA-STS policy",
                Expectation.Refuse,
                "The message does not arrive: the host fails DANE.",
                "It arrives: the sender has no DANE.",
                "Switch on DANE with a resolver that validates DNSSEC (Postfix: smtp_tls_security_level = dane, smtp_dns_support_level = dnssec), or ask the vendor for it.",
                "7672 §2.2",
                ["7672-2.2-1"],
                CaseKit.Once(kit.Plain(CaseCatalogue.DaneControlId).Add(Mismatch) with { HasDnssec = true })
            ),
            kit.Case(
                "C22",
                "DANE good, certificate untrusted",
                "The TLSA record matches, but no authority vouches for the certificate",
                Expectation.Deliver,
                "The message arrives: the TLSA record authenticates the host, and MTA-STS does not count beside it.",
                "It does not arrive: the sender has no DANE, or has put MTA-STS before it.",
                DaneFirst,
                "8461 §2, 7672 §2.2",
                ["7672-3.1.1-1", "D-MX-1"],
                CaseKit.Primed(
                    kit.Sts("C22").Broken().Add(new ZoneRecord.TlsaOf(Owner, 3, 1, 1, "mx1")) with
                    {
                        HasDnssec = true,
                    }
                )
            ),
            kit.Case(
                "C23",
                "DANE bad, certificate good",
                "The TLSA record is for another key, and MTA-STS is in order",
                Expectation.Refuse,
                "The message does not arrive: the host fails DANE, whatever MTA-STS says.",
                "It arrives: the sender has no DANE, or has put MTA-STS before it.",
                DaneFirst,
                "8461 §2, 7672 §2.2",
                ["8461-2-1", "7672-2.2-1", "D-MX-1"],
                CaseKit.Primed(kit.Sts("C23").Add(Mismatch) with { HasDnssec = true })
            ),
        ];
}
