using Postseal.Lab.Dns;

namespace Postseal.Server.SenderTest.Cases;

/// <summary>DANE and MTA-STS disagree; DANE goes first. These need a signed zone.</summary>
internal static class DaneCases
{
    private const string Owner = "_25._tcp.mx1";
    private const int DigestLength = 32;

    public static SenderCase[] Of(CaseKit kit) =>
        [
            kit.Case(
                "C22",
                "DANE good, certificate untrusted",
                "The TLSA record matches, but no authority vouches for the certificate",
                Expectation.Deliver,
                "The message arrives: the TLSA record authenticates the host, and MTA-STS does not count beside it.",
                "It does not arrive: MTA-STS has been put before DANE, or DANE is not known.",
                "8461 §2, 7672 §2.2",
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
                "It arrives: MTA-STS has been put before DANE, or DANE is not known.",
                "8461 §2, 7672 §2.2",
                CaseKit.Primed(
                    kit.Sts("C23").Add(new ZoneRecord.Tlsa(Owner, 3, 1, 1, [.. Enumerable.Repeat((byte)0x5e, DigestLength)])) with
                    {
                        HasDnssec = true,
                    }
                )
            ),
        ];
}
