using Postseal.Protocol;
using Postseal.Protocol.Dane;
using Postseal.Protocol.TlsRpt;

namespace Postseal.Resolver.Decisions;

/// <summary>
/// What a compliant sender does with one MX host: the centre of Postseal. A pure function of (policy lookup, DANE lookup, MX name);
/// the rows D-MX-1 … D-MX-11 of the proof table. <see cref="Rules.Decide"/> makes it, <see cref="Rules.Judge"/> holds a session against it.
/// </summary>
/// <param name="Row">The row of table D-MX that decided, for example <c>D-MX-7</c>.</param>
/// <param name="Why">One plain sentence for people.</param>
public abstract record Decision(string Row, string Why)
{
    /// <summary>The host is skipped like an unreachable one.</summary>
    /// <param name="Result">What a TLS report calls it; null where RFC 8460 has nothing to report.</param>
    /// <param name="ReasonCode">RFC 8460 failure-reason-code such as <c>mx-not-in-policy</c>; empty when there is none.</param>
    public sealed record Refuse(string Row, string Why, TlsResult? Result, string ReasonCode) : Decision(Row, Why);

    /// <summary>Only TLS with a chain that PKIX accepts for <paramref name="ReferenceName"/>, and, where <paramref name="AlsoTlsa"/> is not empty, that also matches it (D-MX-5).</summary>
    public sealed record RequirePkix(string Row, string Why, DomainName ReferenceName, IReadOnlyList<TlsaRecord> AlsoTlsa)
        : Decision(Row, Why);

    /// <summary>Only TLS authenticated by TLSA (RFC 7672 §2.2). SNI is the TLSA base domain, the first of <paramref name="ReferenceNames"/>.</summary>
    /// <param name="ProvenForDomain">False when the MX RRset is insecure, so the success is never called secure delivery to the domain (D-MX-6).</param>
    public sealed record RequireTlsa(
        string Row,
        string Why,
        IReadOnlyList<TlsaRecord> Records,
        IReadOnlyList<DomainName> ReferenceNames,
        bool ProvenForDomain
    ) : Decision(Row, Why);

    /// <summary>TLS is required, authentication is not (D-MX-4).</summary>
    /// <param name="Judged">As in <see cref="Opportunistic"/>.</param>
    public sealed record RequireTls(string Row, string Why, Decision? Judged) : Decision(Row, Why);

    /// <summary>Opportunistic TLS: any answer will do.</summary>
    /// <param name="Judged">What a testing policy would have demanded, so that it can be judged and reported (D-MX-8); null without one.</param>
    public sealed record Opportunistic(string Row, string Why, Decision? Judged) : Decision(Row, Why);
}

/// <summary>What holding one session against a <see cref="Decision"/> gives.</summary>
public abstract record SessionVerdict
{
    private SessionVerdict() { }

    /// <summary>The sender may use the session.</summary>
    /// <param name="Authenticated">The policy vouches for the server; false for opportunistic TLS and plain text.</param>
    /// <param name="Fault">What a TLS report says of the session although it is used: a testing policy that is not met (D-MX-8), or
    /// TLSA records of which none is usable (D-RES-7); null when the session complies.</param>
    public sealed record Use(bool Authenticated, SessionVerdict.Avoid? Fault = null) : SessionVerdict;

    /// <summary>The sender must not use the session.</summary>
    /// <param name="Result">The RFC 8460 result type (table D-RES).</param>
    /// <param name="ReasonCode">The failure-reason-code; empty when there is none.</param>
    public sealed record Avoid(TlsResult Result, string ReasonCode) : SessionVerdict;

    /// <summary>The session never came to the question.</summary>
    /// <param name="Reason">As in <see cref="Postseal.Protocol.Tls.TlsOutcome.Unknown"/>.</param>
    public sealed record Unknown(string Reason) : SessionVerdict;
}
