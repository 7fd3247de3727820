using Postseal.SystemTests.Sites;

namespace Postseal.SystemTests.Sending;

/// <summary>Every domain that stories about sending write to.</summary>
public static class SenderSites
{
    /// <summary>The modes of a policy.</summary>
    public static IReadOnlyList<string> Modes { get; } = ["enforce", "testing", "none"];

    /// <summary>A mail server with each fault, by name.</summary>
    public static IReadOnlyDictionary<string, Mx> Faults { get; } =
        new Dictionary<string, Mx>
        {
            ["good"] = new("mx1"),
            ["expired"] = new("mx1") { Certificate = CertificateKind.Expired },
            ["wrong-name"] = new("mx1") { Certificate = CertificateKind.WrongName },
            ["untrusted"] = new("mx1") { Certificate = CertificateKind.Untrusted },
            ["no-starttls"] = new("mx1") { Parameters = ["smtpd_tls_security_level=none"] },
            ["outside"] = new("mx1"),
        };

    /// <summary>Good domains under load.</summary>
    public static IReadOnlyList<Site> Loaded { get; } = [.. Enumerable.Range(1, 4).Select(i => new Site($"load{i}"))];

    /// <summary>Domains under load that no mail may reach.</summary>
    public static IReadOnlyList<Site> LoadedInVain { get; } =
    [
        new("vain1") { Mx = [new("mx1") { Certificate = CertificateKind.Untrusted }] },
        new("vain2") { Mx = [new("mx1") { Parameters = ["smtpd_tls_security_level=none"] }] },
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Site> All { get; } =
    [
        .. Modes.SelectMany(mode => Faults.Select(fault => Matrix(mode, fault.Key, fault.Value))),
        .. Loaded,
        .. LoadedInVain,
        .. Dane(),
        // Without a policy the mail server's wrong certificate and all is good enough.
        new("unpublished") { Mode = null, Mx = [new("mx1") { Certificate = CertificateKind.Untrusted }] },
        new("smart") { Mx = [new("@")] },
        new("smart-outside") { Mx = [new("@")], Listed = ["mx1.elsewhere.plain.test"] },
        new("cut-good"),
        new("cut-bad") { Mx = [new("mx1") { Certificate = CertificateKind.Untrusted }] },
        new("cut-new") { Mx = [new("mx1") { Certificate = CertificateKind.Untrusted }] },
        new("cut-held"),
        new("mute") { PolicyHost = null },
        new("jailed"),
        new("jailed-bad") { Mx = [new("mx1") { Certificate = CertificateKind.Untrusted }] },
        new("overridden") { Mx = [new("mx1") { Certificate = CertificateKind.Expired }] },
        new("wildcard") { Mx = [new("deep.a"), new("mx2")], Listed = ["*.wildcard.plain.test"] },
        new("xn--bcher-kva") { Mx = [new("mx1") { Certificate = CertificateKind.Untrusted }] },
        new("changes") { Mode = "testing", Mx = [new("mx1") { Certificate = CertificateKind.Untrusted }] },
        new("skips") { Mx = [new("mx1"), new("mx2")], Listed = ["mx2.skips.plain.test"] },
        new("reported") { Zone = Zone.Secure, Mx = [new("mx1") { Tlsa = Tlsa.LeafKey }] },
        new("reported-bad") { Mx = [new("mx1") { Certificate = CertificateKind.Untrusted }] },
    ];

    /// <summary>Lines of a transport table: smart hosts, and the domains that a chrooted smtp delivers to.</summary>
    public static IReadOnlyList<string> Transports { get; } =
    [
        "relayed.test smtp:[smart.plain.test]:25",
        "relayed-outside.test smtp:[smart-outside.plain.test]:25",
        "jailed.plain.test jailed:",
        "jailed-bad.plain.test jailed:",
    ];

    private static Site Matrix(string mode, string fault, Mx mx) =>
        new($"{mode}-{fault}")
        {
            Mode = mode,
            Mx = [mx],
            Listed = fault == "outside" ? ["mx9.elsewhere.plain.test"] : null,
        };

    // Self-signed where TLSA alone is to be what vouches for the host.
    private static IEnumerable<Site> Dane() =>
        [
            new("dane-good")
            {
                Zone = Zone.Secure,
                Mode = null,
                Mx = [new("mx1") { Tlsa = Tlsa.LeafKey, Certificate = CertificateKind.SelfSigned }],
            },
            new("dane-bad-sts-good") { Zone = Zone.Secure, Mx = [new("mx1") { Tlsa = Tlsa.OldKey }] },
            new("dane-partial")
            {
                Zone = Zone.Secure,
                Mode = null,
                Mx = [new("mx1") { Tlsa = Tlsa.OldKey }, new("mx2") { Certificate = CertificateKind.SelfSigned }],
            },
            new("dane-partial-sts") { Zone = Zone.Secure, Mx = [new("mx1") { Tlsa = Tlsa.OldKey }, new("mx2")] },
            new("dane-one-broken")
            {
                Zone = Zone.Secure,
                Mode = null,
                Cuts = [new("_tcp.mx1", Signing.Expired)],
                Mx = [new("mx1") { Tlsa = Tlsa.LeafKey }, new("mx2") { Tlsa = Tlsa.LeafKey }],
            },
        ];
}
