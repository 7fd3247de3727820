using System.Globalization;
using Postseal.Protocol;
using Postseal.Protocol.Tls;

namespace Postseal.Resolver.PolicyHost;

/// <summary>The one reason kept of a refused certificate. Of several the one that neither a renewal nor another name would cure goes first:
/// trust, then dates, then the name; <see cref="FetchAttempt.Chain"/> keeps them all.</summary>
internal static class CertificateFault
{
    // Shared hosters list hundreds of names.
    private const int NamesShown = 5;

    public static FetchOutcome.Failed Explain(PresentedChain chain, DomainName host, DateTimeOffset now)
    {
        var problems = chain.Problems.Where(p => p.Refuses()).ToList();
        var trust = problems
            .Where(p => p is not (CertificateProblem.Name or CertificateProblem.Expired or CertificateProblem.NotYetValid))
            .ToList();
        if (trust.Count > 0)
            return Failed(
                FetchFailure.TlsUntrusted,
                $"The certificate is not trusted: {string.Join(", ", trust.Select(p => p.ToWire()))}."
            );

        if (problems.Contains(CertificateProblem.Expired))
            return Failed(FetchFailure.TlsExpired, Expired(chain, now));

        if (problems.Contains(CertificateProblem.NotYetValid))
            return Failed(FetchFailure.TlsExpired, "The certificate, or one above it, is not valid yet.");

        return Failed(FetchFailure.TlsName, $"The certificate is not for {host} but for {Names(chain.Leaf)}.");
    }

    private static string Expired(PresentedChain chain, DateTimeOffset now) =>
        chain.Leaf.NotAfter < now
            ? string.Create(CultureInfo.InvariantCulture, $"The certificate expired on {chain.Leaf.NotAfter:yyyy-MM-dd}.")
            : "A certificate above the server's own has expired.";

    private static string Names(CertificateFacts leaf)
    {
        var names = leaf.DnsNames;
        if (names.IsEmpty)
            return "no name at all (no dNSName in subjectAltName)";

        var shown = string.Join(", ", names.Take(NamesShown));
        return names.Length > NamesShown ? $"{shown} and {names.Length - NamesShown} more" : shown;
    }

    private static FetchOutcome.Failed Failed(FetchFailure failure, string detail) => new(failure, detail, Ours: false);
}
