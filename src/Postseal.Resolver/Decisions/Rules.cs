using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Sts;

namespace Postseal.Resolver.Decisions;

/// <summary>The pure rules behind <see cref="Decision"/> and <see cref="SessionVerdict"/>.</summary>
public static class Rules
{
    /// <summary>What a sender must demand of one MX host (table D-MX).</summary>
    /// <param name="domain">The recipient domain: an additional reference name of DANE-TA(2) after a secure MX look-up (RFC 7672 §3.2.2).</param>
    /// <param name="host">The exchange of the MX record.</param>
    /// <param name="mxSecure">The MX RRset is DNSSEC-secure.</param>
    /// <param name="sts">The domain's policy.</param>
    /// <param name="dane">The host's TLSA records.</param>
    public static Decision Decide(DomainName domain, DomainName host, bool mxSecure, StsLookup sts, DaneLookup dane) =>
        throw new NotSupportedException();

    /// <summary>Whether a session meets the decision, and which RFC 8460 result it is if not (table D-RES).</summary>
    public static SessionVerdict Judge(Decision decision, TlsOutcome outcome, DateTimeOffset now) => throw new NotSupportedException();
}
