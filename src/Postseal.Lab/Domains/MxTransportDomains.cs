using Postseal.Lab.Certificates;
using Postseal.Lab.Tls;
using static Postseal.Lab.Domains.LabDomains;

namespace Postseal.Lab.Domains;

/// <summary>Faults of the mail servers: reach, STARTTLS, certificates, TLS versions.</summary>
internal static class MxTransportDomains
{
    private static readonly TlsFace Expired = new() { Leaf = new() { Until = TimeSpan.FromDays(-2) } };

    public static LabDomain[] All { get; } =
    [
        Unreachable("smtp-unreachable", "Nothing listens at the MX host's address"),
        Good("smtp-blocked-us", "The MX host turns us away with 554")
            .Receiver(r => r with { Greeting = "554 5.7.1 Your address has a poor reputation" }),
        Good("smtp-greylisted", "The MX host asks to come back later")
            .Receiver(r => r with { Greeting = "450 4.7.1 Greylisted, please try again in five minutes" }),
        Good("smtp-slow-greet", "The MX host greets after twelve seconds")
            .Receiver(r => r with { GreetingDelay = TimeSpan.FromSeconds(12) }),
        Good("starttls-missing", "The MX host does not offer STARTTLS")
            .Receiver(r => r with { OffersStartTls = false, StartTlsReply = "502 5.5.1 Command not implemented" }),
        Good("starttls-hidden", "STARTTLS works but is not offered").Receiver(r => r with { OffersStartTls = false }),
        Good("starttls-handshake", "The TLS handshake fails").ReceiverTls(new() { Break = TlsBreak.HandshakeFailure }),
        Good("cert-name", "The certificate is for mail.other.test")
            .ReceiverTls(new() { Leaf = new() { Names = ["mail.other.test"] } }),
        Good("cert-untrusted", "The certificate comes from an authority that nobody trusts")
            .ReceiverTls(new() { Leaf = new() { Issuer = LeafIssuer.UnknownIntermediate } }),
        Good("cert-self-signed", "The certificate is self-signed")
            .ReceiverTls(new() { Leaf = new() { Issuer = LeafIssuer.Itself } }),
        Good("cert-chain-incomplete", "The intermediate certificate is left out")
            .ReceiverTls(new() { Leaf = new() { Sent = SentChain.LeafOnly } }),
        Good("cert-chain-order", "The root is sent before the intermediate")
            .ReceiverTls(new() { Leaf = new() { Sent = SentChain.IssuerLast } }),
        Good("cert-expired", "The certificate expired two days ago").ReceiverTls(Expired),
        Good("cert-expiring", "The certificate expires in five days")
            .ReceiverTls(
                new()
                {
                    Leaf = new() { From = TimeSpan.FromDays(-85), Until = TimeSpan.FromDays(5) },
                }
            ),
        Good("cert-weak-key", "The key is RSA with 1024 bits").ReceiverTls(new() { Leaf = new() { Key = LeafKey.Rsa1024 } }),
        Good("cert-sha1", "The certificate is signed with SHA-1")
            .ReceiverTls(new() { Leaf = new() { Signature = LeafSignature.Sha1 } }),
        Good("cert-eku", "The certificate is for clients only")
            .ReceiverTls(new() { Leaf = new() { Usage = LeafUsage.ClientOnly } }),
        Good("cert-ku", "The key may only sign revocation lists")
            .ReceiverTls(new() { Leaf = new() { Usage = LeafUsage.CannotSign } }),
        Good("cert-signature", "The certificate's signature is damaged")
            .ReceiverTls(new() { Leaf = new() { Signature = LeafSignature.Tampered } }),
        Good("tls-version", "The MX host still speaks TLS 1.0")
            .ReceiverTls(
                new()
                {
                    Versions = TlsVersions.AlsoOld,
                    Leaf = new() { Key = LeafKey.Rsa2048 },
                }
            ),
        Good("tls12-missing", "The MX host speaks only TLS 1.0 and 1.1")
            .ReceiverTls(
                new()
                {
                    Versions = TlsVersions.OnlyOld,
                    Leaf = new() { Key = LeafKey.Rsa2048 },
                }
            ),
        Good("tls13", "The MX host speaks TLS 1.2 only").ReceiverTls(new() { Versions = TlsVersions.OnlyTls12 }),
        Good("per-address-variance", "One of two servers behind mx1 has an expired certificate").AddReceiver("mx1", 35, Expired),
        Good("per-mx-variance", "The second MX host has an expired certificate").AddMx2(Expired),
        Good("sni-dependence", "Without SNI the MX host shows the certificate of another name")
            .ReceiverTls(new() { LeafWithoutSni = new() { Names = ["default.other.test"] } }),
        Good("mx-refuses-plaintext", "The MX host refuses everything before STARTTLS (530)")
            .Receiver(r => r with { InsistsOnTls = true }),
    ];

    private static LabDomain Unreachable(string label, string fault)
    {
        var domain = Good(label, fault);
        return domain.AddReverse(domain.Address(25), "mx1") with { Receivers = [] };
    }
}
