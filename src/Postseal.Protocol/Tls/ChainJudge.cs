using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Postseal.Protocol.Tls;

/// <summary>The one function that judges a certificate chain: facts and problems as values, no exceptions, no network, no clock. How many signatures it verifies
/// and how large the keys are is bounded before the first one (<see cref="ChainCandidates"/>).</summary>
public static class ChainJudge
{
    /// <summary>Certificates of one handshake that are looked at: real chains have at most six, what comes after these is ignored.</summary>
    public const int MaxCertificates = 32;

    private const X509ChainStatusFlags NoAnchor = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;

    private const X509ChainStatusFlags Forbidden =
        X509ChainStatusFlags.InvalidExtension
        | X509ChainStatusFlags.InvalidPolicyConstraints
        | X509ChainStatusFlags.InvalidBasicConstraints
        | X509ChainStatusFlags.InvalidNameConstraints
        | X509ChainStatusFlags.HasNotSupportedNameConstraint
        | X509ChainStatusFlags.HasNotDefinedNameConstraint
        | X509ChainStatusFlags.HasNotPermittedNameConstraint
        | X509ChainStatusFlags.HasExcludedNameConstraint
        | X509ChainStatusFlags.NoIssuanceChainPolicy
        | X509ChainStatusFlags.HasNotSupportedCriticalExtension
        | X509ChainStatusFlags.NotValidForUsage // an issuer that may not sign certificates
        | X509ChainStatusFlags.Cyclic;

    /// <summary>Judges what a server presented.</summary>
    /// <param name="presented">Leaf first, in the order sent; not empty. Not disposed here.</param>
    /// <param name="host">The only reference name (RFC 8461 §4.2): common name and addresses never count.</param>
    /// <param name="roots">Trusted roots, self-signed; the whole trust store.</param>
    /// <param name="now">The time to judge at.</param>
    public static PresentedChain Judge(
        IReadOnlyList<X509Certificate2> presented,
        DomainName host,
        X509Certificate2Collection roots,
        DateTimeOffset now
    )
    {
        ArgumentNullException.ThrowIfNull(presented);
        ArgumentNullException.ThrowIfNull(roots);
        var sent = presented.Take(MaxCertificates).Select(SentCertificate.Of).ToList();
        var path = CertificatePath.Build(sent[0], sent[1..], roots, now);
        var certificates = sent.Select(CertificateFacts.From).ToImmutableArray();
        var problems = new SortedSet<CertificateProblem>();
        problems.UnionWith(OfLeaf(path.Steps[0].Fields, host));
        problems.UnionWith(OfDates(path, now));
        problems.UnionWith(OfTrust(path, roots));
        problems.UnionWith(OfAlgorithms(path));
        if (path.Steps.Any(s => s.Fields is { AllowsServerAuth: false }))
            problems.Add(CertificateProblem.ExtendedKeyUsage);

        if (!IsInOrder(certificates))
            problems.Add(CertificateProblem.ChainOrder);

        return new PresentedChain(certificates, [.. problems])
        {
            IsCostly = problems.Contains(CertificateProblem.Oversized) || !sent.All(IsVerifiable),
        };
    }

    private static bool IsVerifiable(SentCertificate certificate) => certificate.Fields is { Key.IsVerifiable: true };

    private static IEnumerable<CertificateProblem> OfLeaf(CertificateFields? leaf, DomainName host)
    {
        if (leaf is null || !leaf.DnsNames.Any(n => DnsId.Matches(n, host)))
            yield return CertificateProblem.Name;

        if (leaf is { AllowsTlsKeyUse: false })
            yield return CertificateProblem.KeyUsage;
    }

    private static IEnumerable<CertificateProblem> OfDates(CertificatePath path, DateTimeOffset now)
    {
        foreach (var fields in path.Steps.Select(s => s.Fields))
        {
            if (fields is null || fields.NotAfter < now)
                yield return CertificateProblem.Expired;
            else if (now < fields.NotBefore)
                yield return CertificateProblem.NotYetValid;
        }
    }

    private static IEnumerable<CertificateProblem> OfTrust(CertificatePath path, X509Certificate2Collection roots)
    {
        if ((path.Faults & X509ChainStatusFlags.NotSignatureValid) != 0)
            yield return CertificateProblem.Signature;

        if ((path.Faults & Forbidden) != 0)
            yield return CertificateProblem.Constraints;

        // Of a path that was not followed to its end, that it has no anchor says nothing.
        if (path.IsBeyond)
            yield return CertificateProblem.Oversized;
        else if ((path.Faults & NoAnchor) != 0)
            yield return MissingAnchor.Explain(path, roots);
        else if ((path.Faults & X509ChainStatusFlags.ExplicitDistrust) != 0)
            yield return CertificateProblem.Untrusted;
    }

    /// <summary>A trusted root's own key and signature are its store's business; a self-signature proves nothing anyway.</summary>
    private static IEnumerable<CertificateProblem> OfAlgorithms(CertificatePath path)
    {
        var isAnchored = (path.Faults & NoAnchor) == 0;
        foreach (var (index, fields) in path.Steps.Select(s => s.Fields).Index())
        {
            if (fields is null || (index > 0 && isAnchored && index == path.Steps.Length - 1))
                continue;

            if (fields.Key.IsWeak)
                yield return CertificateProblem.WeakKey;

            if (SignatureAlgorithm.IsBroken(fields.SignatureOid) && (index == 0 || !fields.IsSelfIssued))
                yield return CertificateProblem.Sha1;
        }
    }

    /// <summary>RFC 5246 §7.4.2: each certificate directly certifies the one before it.</summary>
    private static bool IsInOrder(ImmutableArray<CertificateFacts> sent) =>
        sent.Zip(sent.Skip(1), (one, next) => one.Issuer == next.Subject).All(fits => fits);
}
