using System.Net;
using Postseal.Lab.Dns;
using Postseal.Lab.Domains;
using Postseal.Lab.Smtp;
using Postseal.Lab.Tls;

namespace Postseal.Server.SenderTest.Cases;

/// <summary>Versions of TLS, reports, IPv6, SNI.</summary>
internal static class OtherCases
{
    public static SenderCase[] Of(CaseKit kit) =>
        [
            TransportCases.Refuses(
                kit,
                "C24",
                "TLS 1.1 at best",
                "The MX host speaks only TLS 1.0 and 1.1",
                "Let the sender use TLS 1.2 and newer only (Postfix: smtp_tls_mandatory_protocols = >=TLSv1.2), and hold back what MTA-STS does not let go in clear.",
                "8461 §7.2, 8996 §4",
                ["8461-7.2-1", "8996-4-1"],
                d => d.ReceiverTls(OnlyOld)
            ),
            Reports(kit),
            kit.Case(
                "C26",
                "IPv6 only",
                "The MX host has no IPv4 address",
                Expectation.Deliver,
                "The message arrives over IPv6.",
                "It does not arrive.",
                "Give the sending servers IPv6 and let them use it (Postfix: inet_protocols = all).",
                "5321 §5.2",
                ["5321-5.1-4"],
                CaseKit.Once(IPv6Only(kit.Sts("C26")))
            ),
            kit.Case(
                "C27",
                "Certificate by SNI",
                "Without SNI the MX host shows the certificate of another name",
                Expectation.Deliver,
                "The message arrives: the sender names the MX host by SNI.",
                "It does not arrive: no SNI has been sent.",
                "Let the sender name the MX host by SNI in the TLS handshake (Postfix: smtp_tls_servername = hostname), or ask the vendor for it.",
                "8461 §7.1",
                ["8461-7.1-1"],
                CaseKit.Primed(BySni(kit.Sts("C27")))
            ),
        ];

    // What speaks so old a TLS has an RSA key, too.
    private static readonly TlsFace OnlyOld = new()
    {
        Leaf = new() { Key = Postseal.Lab.Certificates.LeafKey.Rsa2048 },
        Versions = TlsVersions.OnlyOld,
    };

    private static SenderCase Reports(CaseKit kit) =>
        kit.Case(
            "C25",
            "TLS reports",
            "Nothing: the domain has no policy and asks for TLS reports",
            Expectation.Report,
            "A TLS report arrives by mail or over HTTPS, as a rule on the next day.",
            "None arrives.",
            "Switch on TLS reports (TLSRPT) for outgoing mail, or ask the vendor for them.",
            "8460 §3, §4.1",
            ["8460-3-1", "8460-3-9"],
            CaseKit.Once(kit.Plain("C25").WithReports())
        );

    private static LabDomain IPv6Only(LabDomain domain) =>
        domain.Replace("mx1", new ZoneRecord.Address("mx1", IPAddress.IPv6Loopback)) with
        {
            Receivers = [new Receiver($"mx1.{domain.Name}", IPAddress.IPv6Loopback)],
        };

    private static LabDomain BySni(LabDomain domain) =>
        domain.ReceiverTls(new() { LeafWithoutSni = new() { Names = [$"default.{domain.Name}"] } });
}
