using Postseal.Lab.Certificates;
using Postseal.Lab.Tls;

namespace Postseal.Lab.Domains;

/// <summary>Faults of TLS that policy hosts and mail servers have alike.</summary>
internal static class Faces
{
    public static readonly TlsFace Expired = Of(new() { Until = TimeSpan.FromDays(-2) });
    public static readonly TlsFace Expiring = Of(new() { From = TimeSpan.FromDays(-85), Until = TimeSpan.FromDays(5) });
    public static readonly TlsFace Untrusted = Of(new() { Issuer = LeafIssuer.UnknownIntermediate });
    public static readonly TlsFace SelfSigned = Of(new() { Issuer = LeafIssuer.Itself });
    public static readonly TlsFace LeafOnly = Of(new() { Sent = SentChain.LeafOnly });
    public static readonly TlsFace RootBeforeIssuer = Of(new() { Sent = SentChain.IssuerLast });
    public static readonly TlsFace WeakKey = Of(new() { Key = LeafKey.Rsa1024 });
    public static readonly TlsFace Sha1 = Of(new() { Signature = LeafSignature.Sha1 });
    public static readonly TlsFace Tampered = Of(new() { Signature = LeafSignature.Tampered });
    public static readonly TlsFace LongWay = Of(new() { Issuer = LeafIssuer.TwelfthIntermediate });
    public static readonly TlsFace ClientOnly = Of(new() { Usage = LeafUsage.ClientOnly });
    public static readonly TlsFace CannotSign = Of(new() { Usage = LeafUsage.CannotSign });

    // What speaks so old a TLS has an RSA key, too.
    public static readonly TlsFace OnlyOld = Of(new() { Key = LeafKey.Rsa2048 }) with { Versions = TlsVersions.OnlyOld };
    public static readonly TlsFace AlsoOld = Of(new() { Key = LeafKey.Rsa2048 }) with { Versions = TlsVersions.AlsoOld };
    public static readonly TlsFace OnlyTls12 = new() { Versions = TlsVersions.OnlyTls12 };

    /// <summary>A good certificate, but for other names.</summary>
    public static TlsFace Named(params string[] names) => Of(new() { Names = [.. names] });

    private static TlsFace Of(Leaf leaf) => new() { Leaf = leaf };
}
