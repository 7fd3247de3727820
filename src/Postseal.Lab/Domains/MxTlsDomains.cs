using static Postseal.Lab.Domains.LabDomains;

namespace Postseal.Lab.Domains;

/// <summary>Faults of the TLS of mail servers: certificates, versions, differences between servers.</summary>
internal static class MxTlsDomains
{
    public static LabDomain[] All { get; } =
    [
        Good("cert-name", "The certificate is for mail.other.test").ReceiverTls(Faces.Named("mail.other.test")),
        Good("cert-untrusted", "The certificate comes from an authority that nobody trusts").ReceiverTls(Faces.Untrusted),
        Good("cert-self-signed", "The certificate is self-signed").ReceiverTls(Faces.SelfSigned),
        Good("cert-chain-incomplete", "The intermediate certificate is left out").ReceiverTls(Faces.LeafOnly),
        Good("cert-chain-order", "The root is sent before the intermediate").ReceiverTls(Faces.RootBeforeIssuer),
        Good("cert-expired", "The certificate expired two days ago").ReceiverTls(Faces.Expired),
        Good("cert-expiring", "The certificate expires in five days").ReceiverTls(Faces.Expiring),
        Good("cert-weak-key", "The key is RSA with 1024 bits").ReceiverTls(Faces.WeakKey),
        Good("cert-sha1", "The certificate is signed with SHA-1").ReceiverTls(Faces.Sha1),
        Good("cert-eku", "The certificate is for clients only").ReceiverTls(Faces.ClientOnly),
        Good("cert-ku", "The key may only sign revocation lists").ReceiverTls(Faces.CannotSign),
        Good("cert-signature", "The certificate's signature is damaged").ReceiverTls(Faces.Tampered),
        Good("cert-oversized", "Thirteen issuers stand between the certificate and its root").ReceiverTls(Faces.LongWay),
        Good("tls-version", "The MX host still speaks TLS 1.0 and 1.1").ReceiverTls(Faces.AlsoOld),
        Good("tls12-missing", "The MX host speaks only TLS 1.0 and 1.1").ReceiverTls(Faces.OnlyOld),
        Good("tls13", "The MX host speaks TLS 1.2 only").ReceiverTls(Faces.OnlyTls12),
        Good("per-address-variance", "One of two servers behind mx1 has an expired certificate")
            .AddReceiver("mx1", 35, Faces.Expired),
        Good("per-mx-variance", "The second MX host has an expired certificate").AddMx2(Faces.Expired),
        Good("sni-dependence", "Without SNI the MX host shows the certificate of another name")
            .ReceiverTls(new() { LeafWithoutSni = new() { Names = ["default.other.test"] } }),
        Good("mx-refuses-plaintext", "The MX host refuses everything before STARTTLS (530)")
            .Receiver(r => r with { InsistsOnTls = true }),
    ];
}
