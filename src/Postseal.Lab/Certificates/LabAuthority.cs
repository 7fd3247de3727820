using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postseal.Lab.Certificates;

/// <summary>The lab's private CA: a root, an intermediate, a second pair that nobody trusts, and leaves made when first asked for.</summary>
internal sealed class LabAuthority : IDisposable
{
    // Where public CAs say their own certificate can be had, the lab has only a sign that it could: nothing may leave the machine.
    private const string IssuerUrl = "http://127.0.0.1/postseal-lab-ca-1.crt";

    private const int LongWay = 12; // half as many again as any verifier follows

    private static readonly TimeSpan CaAge = TimeSpan.FromDays(1000);
    private static readonly TimeSpan CaLife = TimeSpan.FromDays(3000);

    private readonly DateTimeOffset _start;
    private readonly Issuer _root;
    private readonly Issuer _intermediate;
    private readonly Lazy<(Issuer Root, Issuer Intermediate)> _unknown;
    private readonly Lazy<ImmutableArray<Issuer>> _longWay;
    private readonly ConcurrentDictionary<(Leaf, string), Lazy<LabChain>> _chains = new();
    private readonly Func<Leaf, string, LabChain?>? _given;

    /// <param name="given">Certificates from elsewhere, by what is wanted and for which host; where it gives none, one is made here.</param>
    public LabAuthority(DateTimeOffset start, Func<Leaf, string, LabChain?>? given)
    {
        (_start, _given) = (start, given);
        _root = NewCa("O=Postseal Lab, CN=Postseal Lab Root", null);
        _intermediate = NewCa("O=Postseal Lab, CN=Postseal Lab CA 1", _root);
        _unknown = new(() =>
        {
            var root = NewCa("O=Nobody, CN=Unknown Root", null);
            return (root, NewCa("O=Nobody, CN=Unknown CA 1", root));
        });
        _longWay = new(() =>
        {
            List<Issuer> way = [_intermediate];
            while (way.Count <= LongWay)
                way.Add(NewCa($"O=Postseal Lab, CN=Postseal Lab CA 1.{way.Count}", way[^1]));
            return [.. way];
        });
    }

    /// <summary>The root to trust, as PEM.</summary>
    public string RootPem => _root.Certificate.ExportCertificatePem();

    /// <summary>What a server of this name presents; one of our own is made once.</summary>
    public LabChain Chain(Leaf leaf, string host) =>
        _given?.Invoke(leaf, host) ?? _chains.GetOrAdd((leaf, host), key => new(() => NewChain(key.Item1, key.Item2))).Value;

    public void Dispose()
    {
        foreach (var chain in _chains.Values.Where(c => c.IsValueCreated))
            chain.Value.Dispose();

        if (_longWay.IsValueCreated)
        {
            foreach (var issuer in _longWay.Value.Skip(1)) // the first is the intermediate
                issuer.Dispose();
        }

        _intermediate.Dispose();
        _root.Dispose();
        if (_unknown.IsValueCreated)
        {
            _unknown.Value.Intermediate.Dispose();
            _unknown.Value.Root.Dispose();
        }
    }

    private Issuer NewCa(string name, Issuer? parent)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        return new(Sign(request, key, parent, _start - CaAge, _start + CaLife, LeafSignature.Sha256), key);
    }

    private LabChain NewChain(Leaf leaf, string host)
    {
        var (root, issuer) = leaf.Issuer switch
        {
            LeafIssuer.LabIntermediate => (_root, _intermediate),
            LeafIssuer.UnknownIntermediate => _unknown.Value,
            LeafIssuer.TwelfthIntermediate => (_root, _longWay.Value[^1]),
            _ => (null, null),
        };
        using var key = NewKey(leaf.Key);
        var request = NewRequest(leaf, host, key);
        var certificate = Sign(request, key, issuer, _start + leaf.From, _start + leaf.Until, leaf.Signature);
        var withKey = key is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)key);
        ImmutableArray<X509Certificate2> others = (leaf.Sent, issuer, root) switch
        {
            (SentChain.LeafThenIssuer, { }, _) when leaf.Issuer == LeafIssuer.TwelfthIntermediate =>
            [
                .. _longWay.Value.Reverse().Select(i => i.Certificate),
            ],
            (SentChain.LeafThenIssuer, { }, _) => [issuer.Certificate],
            (SentChain.IssuerLast, { }, { }) => [root.Certificate, issuer.Certificate],
            _ => [],
        };
        return new(withKey, issuer?.Certificate ?? certificate, others);
    }

    private static AsymmetricAlgorithm NewKey(LeafKey kind) =>
        kind switch
        {
            LeafKey.Rsa2048 => RSA.Create(2048),
            LeafKey.Rsa1024 => RSA.Create(1024),
            _ => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        };

    private static CertificateRequest NewRequest(Leaf leaf, string host, AsymmetricAlgorithm key)
    {
        var names = leaf.Names.IsEmpty ? [host] : leaf.Names;
        var subject = new X500DistinguishedName($"CN={names[0]}");
        var request = key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        var (usage, purpose) = leaf.Usage switch
        {
            LeafUsage.ClientOnly => (X509KeyUsageFlags.DigitalSignature, "1.3.6.1.5.5.7.3.2"),
            LeafUsage.CannotSign => (X509KeyUsageFlags.CrlSign, "1.3.6.1.5.5.7.3.1"),
            _ => (X509KeyUsageFlags.DigitalSignature, "1.3.6.1.5.5.7.3.1"),
        };
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(purpose)], false));
        if (leaf.Issuer == LeafIssuer.LabIntermediate)
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [IssuerUrl]));
        if (!leaf.CommonNameOnly)
        {
            var alternatives = new SubjectAlternativeNameBuilder();
            foreach (var name in names)
                alternatives.AddDnsName(name);
            request.CertificateExtensions.Add(alternatives.Build());
        }
        return request;
    }

    private static X509Certificate2 Sign(
        CertificateRequest request,
        AsymmetricAlgorithm subjectKey,
        Issuer? issuer,
        DateTimeOffset from,
        DateTimeOffset until,
        LeafSignature signature
    )
    {
        var subjectKeyId = new X509SubjectKeyIdentifierExtension(request.PublicKey, false);
        request.CertificateExtensions.Add(subjectKeyId);
        var issuerKeyId = issuer?.Certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single() ?? subjectKeyId;
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(issuerKeyId));

        X509SignatureGenerator generator = (signature, issuer?.Key ?? subjectKey) switch
        {
            (LeafSignature.Sha1, ECDsa key) => new Sha1Signature(key),
            (_, ECDsa key) => X509SignatureGenerator.CreateForECDsa(key),
            (_, var key) => X509SignatureGenerator.CreateForRSA((RSA)key, RSASignaturePadding.Pkcs1),
        };
        var name = issuer?.Certificate.SubjectName ?? request.SubjectName;
        using var certificate = request.Create(name, generator, from, until, RandomNumberGenerator.GetBytes(16));
        var der = certificate.RawData;
        if (signature == LeafSignature.Tampered)
            der[^1] ^= 1; // the signature is the last thing in a certificate

        return X509CertificateLoader.LoadCertificate(der);
    }

    private sealed record Issuer(X509Certificate2 Certificate, ECDsa Key) : IDisposable
    {
        public void Dispose()
        {
            Certificate.Dispose();
            Key.Dispose();
        }
    }
}
