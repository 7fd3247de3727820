using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Postseal.Lab.Tls;
using Postseal.Protocol;
using Postseal.Protocol.Dane;
using Postseal.Protocol.Tls;

namespace Postseal.Fuzz.Targets;

/// <summary>What peers show during a TLS handshake.</summary>
internal static class CertificateTargets
{
    private static readonly DomainName Host = DomainName.Parse("mx.example.com");
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    // Bytes that the platform refuses are none of ours; those it takes go all the way.
    private static readonly byte[] RootBytes = Authority().RawData;
    private static readonly X509Certificate2Collection Roots = [X509CertificateLoader.LoadCertificate(RootBytes)];

    public static IEnumerable<FuzzTarget> All =>
        [
            new("certificate", Certificate) { Seeds = () => [Leaf(), RootBytes] },
            new("chain", Chain)
            {
                Seeds = () => [Together(Leaf()), Together(Leaf(), RootBytes), Together(RootBytes, Leaf(), Leaf())],
                MaxLength = 4096,
            },
            new("tlsa-match", Match)
            {
                Seeds = () =>
                    [
                        Together(Leaf(), [3, 1, 1, .. new byte[32]]),
                        Together(Leaf(), [2, 0, 0, .. RootBytes], [3, 0, 2, .. new byte[64]]),
                    ],
                MaxLength = 4096,
            },
            new("legacy-hello", Legacy)
            {
                Seeds = () =>
                    [
                        [21, 3, 1, 0, 2, 1, 112, 22, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1, 0],
                        [22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2],
                        [21, 3, 1, 0, 2, 2, 70],
                    ],
                MaxLength = 300,
            },
            new("client-hello", Hello) { Seeds = () => [LegacyHello.Render(Host), LegacyHello.Render(null)], MaxLength = 20_000 },
        ];

    private static void Certificate(byte[] input)
    {
        var facts = CertificateFacts.From([.. input]);
        Invariant.Holds(facts.Subject.Length <= 1025 && facts.Issuer.Length <= 1025, "a name longer than is kept");
        Invariant.Holds(
            facts.DnsNames.Length <= CertificateFacts.MaxDnsNames && facts.DnsNames.All(n => n.Length <= 253),
            "more names than are kept"
        );
        Invariant.Holds(facts.KeyBits >= 0 && facts.SubjectPublicKeyInfo.Length <= input.Length, "the key");
        _ = facts.DnsNames.Any(n => DnsId.Matches(n, Host));
        if (CertificateFields.Read(input) is not { } fields)
            return;

        _ =
            fields.AllowsServerAuth
            | fields.AllowsTlsKeyUse
            | fields.HasIssuerUrl
            | fields.HasBrokenExtension
            | fields.IsSelfIssued;
        Invariant.Holds(
            fields.Subject.CommonNames.Concat(fields.Issuer.Organizations).All(n => n.Length <= input.Length),
            "a name longer than all"
        );
        foreach (var (selector, type) in ((byte, byte)[])[(0, 0), (0, 1), (1, 1), (1, 2)])
            Invariant.Holds(
                TlsaRecord.For(facts, 3, selector, type).Matches(facts),
                "a certificate does not match its own record"
            );
    }

    private static void Chain(byte[] input)
    {
        var certificates = Loaded(Apart(input));
        if (certificates.Count == 0)
            return;

        var chain = ChainJudge.Judge(certificates, Host, Roots, Now);
        Invariant.Holds(
            chain.Certificates.Length == Math.Min(certificates.Count, ChainJudge.MaxCertificates),
            "as many as were sent"
        );
        Invariant.Holds(chain.Problems.Distinct().Count() == chain.Problems.Length, "a problem twice");
        Invariant.Holds(!chain.IsValid || chain.Leaf.DnsNames.Any(n => DnsId.Matches(n, Host)), "valid for another host");
        certificates.ForEach(c => c.Dispose());
    }

    private static void Match(byte[] input)
    {
        var parts = Apart(input);
        if (parts.Count == 0)
            return;

        var chain = new PresentedChain([CertificateFacts.From([.. parts[0]])], []);
        TlsaRecord[] records =
        [
            .. parts.Skip(1).Where(p => p.Length >= 3).Select(p => new TlsaRecord(p[0], p[1], p[2], [.. p[3..]])),
        ];
        if (DaneMatch.Verify(records, chain, [Host], Now) is DaneMatch.Matched matched)
            Invariant.Holds(
                records.Contains(matched.Record) && matched.Record.IsUsable,
                "a match by a record that is not usable"
            );
    }

    private static void Legacy(byte[] input) =>
        Invariant.Holds(LegacyHello.AcceptedVersion(input) is null or "TLSv1" or "TLSv1.1", "a version that was not offered");

    private static void Hello(byte[] input)
    {
        using var wire = new ScriptedStream(input, 1 + (input.Length % 500));
        var hello = Invariant.Done(ClientHello.ReadAsync(wire, CancellationToken.None));
        Invariant.Holds(
            hello.Sni is null || (hello.Sni.Length > 0 && hello.Sni.Length <= input.Length),
            "a name longer than all"
        );
        using var all = new MemoryStream();
        Invariant.Holds(
            hello.Replayed.CopyToAsync(all, CancellationToken.None).IsCompletedSuccessfully,
            "it cannot be read again"
        );
        Invariant.Holds(all.ToArray().AsSpan().SequenceEqual(input), "what was read is lost");
    }

    private static List<X509Certificate2> Loaded(IEnumerable<byte[]> parts)
    {
        var loaded = new List<X509Certificate2>();
        foreach (var part in parts)
        {
            try
            {
                loaded.Add(X509CertificateLoader.LoadCertificate(part));
            }
            catch (CryptographicException)
            {
                // The platform's handshake would not have shown it to us.
            }
        }

        return loaded;
    }

    // Each with its length before it.
    private static byte[] Together(params byte[][] parts) =>
        [.. parts.SelectMany(p => (byte[])[(byte)(p.Length >> 8), (byte)(p.Length & 255), .. p])];

    private static List<byte[]> Apart(ReadOnlySpan<byte> input)
    {
        var parts = new List<byte[]>();
        while (input.Length >= 2 && parts.Count < 20)
        {
            var length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(input), input.Length - 2);
            parts.Add(input.Slice(2, length).ToArray());
            input = input[(2 + length)..];
        }

        return parts;
    }

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Root, O=Fuzz", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        return request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(9));
    }

    private static byte[] Leaf()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Server, O=Fuzz", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host.Value);
        names.AddDnsName("*.example.com");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1")], critical: false));
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([], ["http://ca.example.com/ca.der"]));
        using var certificate = request.CreateSelfSigned(Now.AddDays(-30), Now.AddDays(60));
        return certificate.RawData;
    }
}
