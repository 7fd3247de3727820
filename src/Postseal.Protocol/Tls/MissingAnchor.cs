using System.Security.Cryptography.X509Certificates;

namespace Postseal.Protocol.Tls;

/// <summary>Why a path ends without a trusted root: one cause, one accusation.</summary>
internal static class MissingAnchor
{
    /// <summary>
    /// The path of a server that left out an intermediate and that of one with a private CA look alike: both end in a certificate whose issuer nobody
    /// knows. Without downloading anything, these signs speak for a left-out intermediate:
    /// <list type="bullet">
    /// <item>the leaf tells by HTTP where its issuer's certificate is, as public CAs make it (private ones seldom do, or by LDAP);</item>
    /// <item>the unknown issuer bears the organization of a trusted root, as the upper intermediates of most CAs do.</item>
    /// </list>
    /// Everything else is untrusted: also an intermediate that was sent, whose issuer is a root we do not know.
    /// </summary>
    public static CertificateProblem Explain(CertificatePath path, X509Certificate2Collection roots)
    {
        if (path.Steps[^1].Fields is not { } last)
            return CertificateProblem.Untrusted;

        if (last.HasBrokenExtension)
            return CertificateProblem.Constraints;

        if (last.IsSelfIssued)
            return path.Steps.Length == 1 ? CertificateProblem.SelfSigned : CertificateProblem.Untrusted;

        var isLeaf = path.Steps.Length == 1;
        return (isLeaf && last.HasIssuerUrl) || IsOfKnownOrganization(last.Issuer, roots)
            ? CertificateProblem.ChainIncomplete
            : CertificateProblem.Untrusted;
    }

    private static bool IsOfKnownOrganization(DistinguishedName issuer, X509Certificate2Collection roots)
    {
        var organizations = issuer.Organizations;
        return organizations.Count > 0
            && roots.Any(r =>
                new DistinguishedName(r.SubjectName.RawData)
                    .Organizations.Intersect(organizations, StringComparer.OrdinalIgnoreCase)
                    .Any()
            );
    }
}
