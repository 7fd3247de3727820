using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Postseal.Protocol.Tls;

namespace Postseal.Protocol.Dane;

/// <summary>DANE-TA(2): the way from the leaf to an anchor that a TLSA record names (RFC 7672 §3.1.2, RFC 7671 §5.2).</summary>
internal static class AnchorPath
{
    /// <summary>Records with anchors tried per chain: real RRsets have one or two, in two or three forms while keys change.</summary>
    private const int MaxAnchors = 8;

    /// <summary>Anchors to which a path is built per chain, over all questions about it. Each costs some ten signatures, of every chain that a domain's addresses show.</summary>
    private const int MaxPaths = 4;

    // A chain is asked about for its host, again by each rule that looks at single records, and again for every address that presented it.
    private static readonly ConditionalWeakTable<PresentedChain, Dictionary<string, CertificatePath?>> Known = [];

    // What the way beyond the anchor looks like is nobody's business; the anchor itself is trusted because DNS says so.
    private const X509ChainStatusFlags OfTheAnchorAlone =
        X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid;

    /// <summary>How far a candidate came; the farthest of all is reported.</summary>
    private enum Outcome
    {
        NoMatch,
        Chain,
        Expired,
        NameMismatch,
        Good,
    }

    public static DaneMatch Verify(
        IEnumerable<TlsaRecord> records,
        PresentedChain chain,
        IReadOnlyList<DomainName> referenceNames,
        DateTimeOffset now
    )
    {
        var best = Outcome.NoMatch;
        foreach (var (record, anchor) in records.SelectMany(r => Anchors(r, chain)).Take(MaxAnchors))
        {
            var outcome = Walk(chain, anchor, referenceNames, now);
            if (outcome == Outcome.Good)
                return new DaneMatch.Matched(record);

            best = outcome > best ? outcome : best;
        }

        return new DaneMatch.NotMatched(
            best switch
            {
                Outcome.Chain => "dane-chain",
                Outcome.Expired => "dane-expired",
                Outcome.NameMismatch => "dane-name-mismatch",
                _ => "dane-no-match",
            }
        );
    }

    /// <summary>The presented issuers that a record matches. The leaf is none: a certificate is not its own trust anchor, that is DANE-EE(3).</summary>
    private static IEnumerable<(TlsaRecord Record, ImmutableArray<byte> Anchor)> Anchors(TlsaRecord record, PresentedChain chain)
    {
        var presented = chain.Certificates.Skip(1).Where(record.Matches).Select(c => c.Der).Take(MaxAnchors).ToList();

        // RFC 7671 §5.2.2: a full certificate in DNS serves even when the server does not send it.
        if (presented.Count == 0 && record is { Selector: 0, MatchingType: 0 })
            presented.Add(record.Data);

        return presented.Select(anchor => (record, anchor));
    }

    private static Outcome Walk(
        PresentedChain chain,
        ImmutableArray<byte> anchor,
        IReadOnlyList<DomainName> referenceNames,
        DateTimeOffset now
    )
    {
        if (Path(chain, anchor, now) is not { } path)
            return Outcome.Chain;

        var end = path.Steps.ToList().FindIndex(s => s.Der.Span.SequenceEqual(anchor.AsSpan()));
        if (end < 1)
            return Outcome.NoMatch; // matches something sent along that did not issue the leaf

        var steps = path.Steps[..(end + 1)];
        if (steps[..^1].Any(s => s.Faults != 0) || (steps[^1].Faults & ~OfTheAnchorAlone) != 0)
            return Outcome.Chain;

        if (steps.Any(s => s.Fields is not { AllowsServerAuth: true }))
            return Outcome.Chain;

        if (steps.Any(s => s.Fields is not { } f || now < f.NotBefore || f.NotAfter < now))
            return Outcome.Expired;

        var names = Names(path.Steps[0].Fields);
        return referenceNames.Any(r => names.Any(n => DnsId.Matches(n, r))) ? Outcome.Good : Outcome.NameMismatch;
    }

    /// <summary>RFC 7672 §3.2.3: the common name counts only where there is no DNS-ID at all.</summary>
    private static IReadOnlyList<string> Names(CertificateFields? leaf) =>
        leaf is null ? []
        : leaf.DnsNames is { Count: > 0 } names ? names
        : leaf.Subject.CommonNames;

    /// <summary>The path towards an anchor, built once; null when there is none, or too many anchors were tried.</summary>
    private static CertificatePath? Path(PresentedChain chain, ImmutableArray<byte> anchor, DateTimeOffset now)
    {
        var paths = Known.GetOrCreateValue(chain);
        var key = Convert.ToHexString(SHA256.HashData(anchor.AsSpan()));
        lock (paths)
        {
            if (!paths.TryGetValue(key, out var path) && paths.Count < MaxPaths)
                paths.Add(key, path = Build(chain, anchor, now));

            return path;
        }
    }

    private static CertificatePath? Build(PresentedChain chain, ImmutableArray<byte> anchor, DateTimeOffset now)
    {
        var loaded = new List<X509Certificate2>();
        try
        {
            var leaf = Load(chain.Leaf.Der.AsSpan(), loaded);
            var root = Load(anchor.AsSpan(), loaded);
            if (!PublicKeyStrength.Of(CertificateFields.Read(root.RawDataMemory)?.SubjectPublicKeyInfo ?? default).IsVerifiable)
                return null;

            var others = chain
                .Certificates.Skip(1)
                .Take(ChainJudge.MaxCertificates)
                .Select(c => Load(c.Der.AsSpan(), loaded))
                .ToList();

            // Of several certificates of one CA (cross-signed ones), the path must go through the anchor.
            others.RemoveAll(c => c.SubjectName.RawData.AsSpan().SequenceEqual(root.SubjectName.RawData));
            return CertificatePath.Build(
                SentCertificate.Of(leaf),
                others.Append(root).Select(SentCertificate.Of).ToList(),
                [root],
                now
            );
        }
        catch (CryptographicException)
        {
            return null;
        }
        finally
        {
            loaded.ForEach(c => c.Dispose());
        }
    }

    private static X509Certificate2 Load(ReadOnlySpan<byte> der, List<X509Certificate2> loaded)
    {
        var certificate = X509CertificateLoader.LoadCertificate(der);
        loaded.Add(certificate);
        return certificate;
    }
}
