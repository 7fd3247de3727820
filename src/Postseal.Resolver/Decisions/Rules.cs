using System.Globalization;
using Postseal.Protocol;
using Postseal.Protocol.Dane;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.Tls;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Sts;

namespace Postseal.Resolver.Decisions;

/// <summary>The pure rules behind <see cref="Decision"/> and <see cref="SessionVerdict"/>.</summary>
public static class Rules
{
    // Of a policy with hundreds of patterns a reader needs the first few.
    private const int PatternsShown = 5;

    /// <summary>What a sender must demand of one MX host (table D-MX).</summary>
    /// <param name="domain">The recipient domain: an additional reference name of DANE-TA(2) after a secure MX look-up (RFC 7672 §3.2.2).</param>
    /// <param name="host">The exchange of the MX record.</param>
    /// <param name="mxSecure">The MX RRset is DNSSEC-secure.</param>
    /// <param name="sts">The domain's policy.</param>
    /// <param name="dane">The host's TLSA records.</param>
    public static Decision Decide(DomainName domain, DomainName host, bool mxSecure, StsLookup sts, DaneLookup dane)
    {
        var policy = (sts as StsLookup.Found)?.Policy;
        var enforced = policy is { Mode: StsMode.Enforce };
        return dane switch
        {
            DaneLookup.Usable tlsa when mxSecure => Tlsa("D-MX-1", tlsa, host, domain, proven: true),
            DaneLookup.Usable tlsa when enforced => Sts("D-MX-5", host, policy!, tlsa.Records),
            DaneLookup.Usable tlsa => Tlsa("D-MX-6", tlsa, host, host, proven: false),
            DaneLookup.Failed failed when mxSecure => TlsaFailed(host, failed),
            DaneLookup.Failed when enforced => Sts("D-MX-11", host, policy!, []),
            DaneLookup.Failed => Opportunistic(
                "D-MX-11",
                host,
                policy,
                "the look-up of its TLSA records failed, which counts as none because the MX records are not DNSSEC-secure"
            ),
            DaneLookup.Unusable when enforced => Sts("D-MX-3", host, policy!, []),
            DaneLookup.Unusable => new Decision.RequireTls(
                "D-MX-4",
                $"{host} has DNSSEC-secure TLSA records but none is usable: TLS is required, the certificate is not checked.",
                Judged(host, policy)
            ),
            _ when enforced => Sts("D-MX-7", host, policy!, []),
            _ when policy is { Mode: StsMode.Testing } => Opportunistic("D-MX-8", host, policy, "the policy is in testing mode"),
            _ => Opportunistic("D-MX-9", host, policy, policy is null ? "no policy is in force" : "the policy's mode is none"),
        };
    }

    /// <summary>Whether a session meets the decision, and which RFC 8460 result it is if not (table D-RES).</summary>
    public static SessionVerdict Judge(Decision decision, TlsOutcome outcome, DateTimeOffset now) =>
        (decision, outcome) switch
        {
            (Decision.Refuse { Result: { } result } refuse, _) => new SessionVerdict.Avoid(result, refuse.ReasonCode),
            (Decision.Refuse refuse, _) => new SessionVerdict.Unknown(refuse.ReasonCode),
            (_, TlsOutcome.Unknown unknown) => new SessionVerdict.Unknown(unknown.Reason),
            (Decision.Opportunistic { Judged: var judged }, _) => new SessionVerdict.Use(
                Authenticated: false,
                Fault(judged, outcome, now)
            ),
            (_, TlsOutcome.NotOffered) => new SessionVerdict.Avoid(TlsResult.StartTlsNotSupported, ""),
            (_, TlsOutcome.CommandRefused refused) => new SessionVerdict.Avoid(
                TlsResult.StartTlsNotSupported,
                string.Create(CultureInfo.InvariantCulture, $"smtp-{refused.ReplyCode}")
            ),
            (_, TlsOutcome.HandshakeFailed failed) => new SessionVerdict.Avoid(TlsResult.ValidationFailure, failed.Reason),
            (Decision.RequireTls { Judged: var judged }, _) => new SessionVerdict.Use(
                Authenticated: false,
                Fault(judged, outcome, now) ?? new(TlsResult.TlsaInvalid, "all-TLSA-records-unusable")
            ),
            (Decision.RequirePkix pkix, TlsOutcome.Established { Chain: var chain }) => Pkix(pkix, chain, now),
            (Decision.RequireTlsa tlsa, TlsOutcome.Established { Chain: var chain }) => Unmatched(
                tlsa.Records,
                chain,
                tlsa.ReferenceNames,
                now
            ) ?? (SessionVerdict)new SessionVerdict.Use(tlsa.ProvenForDomain),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static Decision.RequireTlsa Tlsa(
        string row,
        DaneLookup.Usable tlsa,
        DomainName host,
        DomainName second,
        bool proven
    ) =>
        new(
            row,
            proven
                ? $"{host} has DNSSEC-secure TLSA records: TLS must match one of them."
                : $"{host} has DNSSEC-secure TLSA records: TLS must match one of them, although the MX records that name it are not DNSSEC-secure.",
            tlsa.Records,
            [.. new[] { tlsa.BaseDomain, second }.Distinct()],
            proven
        );

    private static Decision.Refuse TlsaFailed(DomainName host, DaneLookup.Failed failed) =>
        new(
            "D-MX-2",
            $"{host} may not be used for now: its TLSA records cannot be looked up, though its addresses are DNSSEC-secure. {failed.Detail}",
            failed.Failure == DnsFailure.Bogus ? TlsResult.DnssecInvalid : null,
            "tlsa-lookup-failed"
        );

    private static Decision Sts(string row, DomainName host, StsPolicy policy, IReadOnlyList<TlsaRecord> alsoTlsa)
    {
        if (!policy.Covers(host))
            return new Decision.Refuse(
                row,
                $"{host} is not listed in the policy ({Patterns(policy)}).",
                TlsResult.ValidationFailure,
                "mx-not-in-policy"
            );

        var also = alsoTlsa.Count == 0 ? "" : ", and match one of its TLSA records";
        return new Decision.RequirePkix(
            row,
            $"The policy lists {host}: it must show a valid certificate for that name{also}.",
            host,
            alsoTlsa
        );
    }

    private static Decision.Opportunistic Opportunistic(string row, DomainName host, StsPolicy? policy, string because) =>
        new(row, $"{host} may be used with or without TLS: {because}.", Judged(host, policy));

    // What a testing policy would demand if it were enforced (RFC 8461 §5).
    private static Decision? Judged(DomainName host, StsPolicy? policy) =>
        policy is { Mode: StsMode.Testing } ? Sts("D-MX-8", host, policy, []) : null;

    private static SessionVerdict.Avoid? Fault(Decision? judged, TlsOutcome outcome, DateTimeOffset now) =>
        judged is null ? null : Judge(judged, outcome, now) as SessionVerdict.Avoid;

    private static SessionVerdict Pkix(Decision.RequirePkix pkix, PresentedChain chain, DateTimeOffset now)
    {
        if (Fault(chain) is { } fault)
            return fault;

        var unmatched = pkix.AlsoTlsa.Count == 0 ? null : Unmatched(pkix.AlsoTlsa, chain, [pkix.ReferenceName], now);
        return unmatched ?? (SessionVerdict)new SessionVerdict.Use(Authenticated: true);
    }

    // The one result of a chain with several faults: what no renewal and no new name would cure goes first.
    private static SessionVerdict.Avoid? Fault(PresentedChain chain)
    {
        var refusing = chain.Problems.Where(p => p.Refuses()).ToList();
        if (refusing.Count == 0)
            return null;

        var trust = refusing.Where(p => p is not (CertificateProblem.Name or CertificateProblem.Expired)).ToList();
        if (trust.Count > 0)
            return new(TlsResult.CertificateNotTrusted, trust[0].ToWire());

        return refusing.Contains(CertificateProblem.Expired)
            ? new(TlsResult.CertificateExpired, "")
            : new(TlsResult.CertificateHostMismatch, "");
    }

    private static SessionVerdict.Avoid? Unmatched(
        IReadOnlyList<TlsaRecord> records,
        PresentedChain chain,
        IReadOnlyList<DomainName> names,
        DateTimeOffset now
    ) =>
        DaneMatch.Verify(records, chain, names, now) switch
        {
            DaneMatch.Matched => null,
            DaneMatch.NoneUsable => new(TlsResult.TlsaInvalid, "all-TLSA-records-unusable"),
            DaneMatch.NotMatched { ReasonCode: "dane-name-mismatch" and var code } => new(
                TlsResult.CertificateHostMismatch,
                code
            ),
            DaneMatch.NotMatched { ReasonCode: "dane-expired" and var code } => new(TlsResult.CertificateExpired, code),
            DaneMatch.NotMatched { ReasonCode: var code } => new(TlsResult.CertificateNotTrusted, code),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static string Patterns(StsPolicy policy)
    {
        var shown = string.Join(", ", policy.Mx.Take(PatternsShown));
        return policy.Mx.Length > PatternsShown ? $"mx: {shown} and {policy.Mx.Length - PatternsShown} more" : $"mx: {shown}";
    }
}
