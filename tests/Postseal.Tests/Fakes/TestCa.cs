using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postseal.Tests.Fakes;

/// <summary>A certificate authority in memory: <c>using var root = TestCa.Root();</c> then <c>root.Issue(Cert.For("mx.example.com"))</c>.
/// It owns every certificate it makes. Keys are P-256 unless a <see cref="Cert"/> brings its own.</summary>
public sealed class TestCa : IDisposable
{
    /// <summary>The time at which everything is valid by default: 90 days of which 30 are over.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly List<IDisposable> _owned = [];
    private readonly AsymmetricAlgorithm _key;

    private TestCa(X509Certificate2 certificate, AsymmetricAlgorithm key)
    {
        (Certificate, _key) = (certificate, key);
        _owned.AddRange([certificate, key]);
    }

    /// <summary>The authority's own certificate, without its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>A trust store of this authority alone.</summary>
    public X509Certificate2Collection Roots => [Certificate];

    /// <summary>A self-signed authority. Another <paramref name="organization"/> makes it a stranger.</summary>
    public static TestCa Root(string organization = "Postseal Tests", Func<Cert, Cert>? change = null)
    {
        var shape = Cert.Authority($"CN=Root, O={organization}");
        shape = change is null ? shape : change(shape);
        var key = shape.Key ?? NewKey();
        return new TestCa(shape.Sign(key, shape.Subject, key, issuerKeyId: null), key);
    }

    /// <summary>An authority below this one.</summary>
    public TestCa Intermediate(string subject = "CN=Intermediate, O=Postseal Tests", Func<Cert, Cert>? change = null)
    {
        var shape = Cert.Authority(subject);
        shape = change is null ? shape : change(shape);
        var key = shape.Key ?? NewKey();
        var authority = new TestCa(shape.Sign(key, Certificate.SubjectName.Name, _key, KeyId(Certificate)), key);
        _owned.Add(authority);
        return authority;
    }

    /// <summary>This authority's key and name certified by another one: a cross-certificate.</summary>
    public X509Certificate2 CrossSignedBy(TestCa other, Func<Cert, Cert>? change = null)
    {
        var shape = Cert.Authority(Certificate.SubjectName.Name);
        shape = change is null ? shape : change(shape);
        var cross = shape.Sign(_key, other.Certificate.SubjectName.Name, other._key, KeyId(other.Certificate));
        _owned.Add(cross);
        return cross;
    }

    /// <summary>A certificate with its private key, ready for a server.</summary>
    public X509Certificate2 Issue(Cert shape)
    {
        using var fresh = shape.Key is null ? NewKey() : null;
        var key = shape.Key ?? fresh!;
        using var bare = shape.Sign(key, Certificate.SubjectName.Name, _key, KeyId(Certificate));
        var whole = Cert.WithKey(bare, key);
        _owned.Add(whole);
        return whole;
    }

    /// <summary>A certificate that is its own issuer, with its private key. The caller disposes it.</summary>
    public static X509Certificate2 SelfSigned(Cert shape)
    {
        using var fresh = shape.Key is null ? NewKey() : null;
        var key = shape.Key ?? fresh!;
        using var bare = shape.Sign(key, shape.Subject, key, issuerKeyId: null);
        return Cert.WithKey(bare, key);
    }

    public void Dispose() => _owned.ForEach(o => o.Dispose());

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static byte[]? KeyId(X509Certificate2 issuer) =>
        issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifierBytes.ToArray();
}
