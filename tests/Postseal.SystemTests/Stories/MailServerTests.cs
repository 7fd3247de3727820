using Postseal.SystemTests.Servers;
using Postseal.SystemTests.Sites;

namespace Postseal.SystemTests.Stories;

/// <summary>Debian's Postfix as MX under an enforce policy (RFC 8461 §4).</summary>
public sealed class MailServerTests(RealInternet internet)
{
    private const string OldTlsAlone = "smtpd_tls_protocols=<=TLSv1.1";

    public static IReadOnlyList<Story> All { get; } =
    [
        Refused("mx-no-starttls", new("mx1") { Parameters = ["smtpd_tls_security_level=none"] }, "starttls-missing"),
        Refused("mx-expired", new("mx1") { Certificate = CertificateKind.Expired }, "cert-expired"),
        Refused("mx-wrong-name", new("mx1") { Certificate = CertificateKind.WrongName }, "cert-name"),
        Refused("mx-untrusted", new("mx1") { Certificate = CertificateKind.Untrusted }, "cert-untrusted"),
        Refused("mx-self-signed", new("mx1") { Certificate = CertificateKind.SelfSigned }, "cert-self-signed"),
        Refused("mx-no-chain", new("mx1") { Certificate = CertificateKind.WithoutIntermediate }, "cert-chain-incomplete"),
        Refused("mx-old-tls", new("mx1") { Parameters = [OldTlsAlone] }, "tls12-missing"),
        // What Debian's Postfix does as it comes.
        Fine("mx-old-tls-too", new("mx1") { Parameters = ["smtpd_tls_protocols=>=TLSv1"] }, "warn tls-version mx1.@"),
        Fine("mx-tls12", new("mx1") { Parameters = ["smtpd_tls_protocols=TLSv1.2"] }, "info tls13 mx1.@"),
        Fine("mx-insists", new("mx1") { Parameters = ["smtpd_tls_security_level=encrypt"] }, "ok starttls-missing mx1.@"),
        Fine(
            "mx-sni",
            new("mx1") { Certificate = CertificateKind.WrongName, GoodOnlyWithSni = true },
            "warn sni-dependence mx1.@"
        ),
        new(new("mx-one-of-two") { Mx = [new("mx1"), new("mx2") { Certificate = CertificateKind.Expired }] })
        {
            Verdict = "mail at-risk, protection enforced",
            Accuses = ["breaks cert-expired mx2.@"],
            Decides = ["allowed mx1.@", "refused mx2.@"],
            Exit = 1,
        },
        new(new("mx-uncovered") { Mx = [new("mx1"), new("mx2")], Listed = ["mx1.mx-uncovered.plain.test"] })
        {
            Verdict = "mail at-risk, protection enforced",
            Accuses = ["breaks mx-uncovered mx2.@"],
            Decides = ["allowed mx1.@", "refused mx2.@"],
            Exit = 1,
        },
        new(new("mx-tested") { Mode = "testing", Mx = [new("mx1") { Parameters = ["smtpd_tls_security_level=none"] }] })
        {
            Verdict = "mail ok, protection testing",
            Shows = ["warn starttls-missing mx1.@"],
            Decides = ["unprotected mx1.@"],
        },
        Untold("mx-closed", new("mx1") { Listens = false }, "unknown smtp-unreachable mx1.@"),
        Untold("mx-turns-away", new("mx1") { Parameters = TurnsAway }, "unknown smtp-blocked-us mx1.@"),
    ];

    public static TheoryData<string> Names { get; } = Story.NamesOf(All);

    /// <summary>Refuses every client in its greeting.</summary>
    private static IReadOnlyList<string> TurnsAway => ["smtpd_delay_reject=no", "smtpd_client_restrictions=reject"];

    [Theory, MemberData(nameof(Names))]
    [Trait("rfc", "8461-4.2-1")]
    [Trait("rfc", "8461-4.2-2")]
    [Trait("rfc", "8461-5-1")]
    public async Task A_mail_server_is_judged_as_an_enforcing_sender_would(string name) =>
        await All.Single(s => s.Site.Name == name).TellAsync(internet, TestContext.Current.CancellationToken);

    private static Story Refused(string name, Mx mx, string id) =>
        new(new(name) { Mx = [mx] })
        {
            Verdict = "mail breaks, protection enforced",
            Accuses = [$"breaks {id} mx1.@"],
            Decides = ["refused mx1.@"],
            Exit = 1,
        };

    private static Story Fine(string name, Mx mx, string shows) =>
        new(new(name) { Mx = [mx] })
        {
            Verdict = "mail ok, protection enforced",
            Shows = [shows],
            Decides = ["allowed mx1.@"],
        };

    private static Story Untold(string name, Mx mx, string shows) =>
        new(new(name) { Mx = [mx] })
        {
            Verdict = "mail unknown, protection enforced",
            Shows = [shows],
            Decides = ["allowed mx1.@"],
            Exit = 3,
        };
}
