using Postseal.Protocol.Tls;

namespace Postseal.Protocol.Dane;

/// <summary>Whether a presented chain satisfies a TLSA RRset (RFC 7672 §3, RFC 7671).</summary>
public abstract record DaneMatch
{
    private DaneMatch() { }

    /// <summary>The record that authenticates the server.</summary>
    public sealed record Matched(TlsaRecord Record) : DaneMatch;

    /// <summary>Usable records exist and none is satisfied.</summary>
    /// <param name="ReasonCode"><c>dane-no-match</c>, or for a DANE-TA(2) anchor that matched: <c>dane-name-mismatch</c>, <c>dane-expired</c>, <c>dane-chain</c>.</param>
    public sealed record NotMatched(string ReasonCode) : DaneMatch;

    /// <summary>No record is usable.</summary>
    public sealed record NoneUsable : DaneMatch;

    /// <summary>Judges the chain.</summary>
    /// <param name="records">The secure RRset.</param>
    /// <param name="chain">What the server presented; PKIX problems in it do not matter here.</param>
    /// <param name="referenceNames">Names that satisfy DANE-TA(2) (RFC 7672 §3.2.2); ignored for DANE-EE(3).</param>
    /// <param name="now">For the dates that DANE-TA(2) checks.</param>
    public static DaneMatch Verify(
        IReadOnlyList<TlsaRecord> records,
        PresentedChain chain,
        IReadOnlyList<DomainName> referenceNames,
        DateTimeOffset now
    ) => throw new NotSupportedException();
}
