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
    /// <param name="now">For the dates that DANE-TA(2) checks; those of not yet valid certificates count as <c>dane-expired</c> too.</param>
    public static DaneMatch Verify(
        IReadOnlyList<TlsaRecord> records,
        PresentedChain chain,
        IReadOnlyList<DomainName> referenceNames,
        DateTimeOffset now
    )
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(referenceNames);
        var usable = records.Where(r => r.IsUsable).ToList();
        if (usable.Count == 0)
            return new NoneUsable();

        var strongest = Strongest(usable);

        // RFC 7672 §3.1.1: a leaf that matches DANE-EE(3) is authenticated whatever its names, dates, issuer and key usage.
        if (strongest.FirstOrDefault(r => r.Usage == TlsaRecord.DaneEe && r.Matches(chain.Leaf)) is { } leafRecord)
            return new Matched(leafRecord);

        return AnchorPath.Verify(strongest.Where(r => r.Usage == TlsaRecord.DaneTa), chain, referenceNames, now);
    }

    /// <summary>RFC 7671 §9: per usage and selector, full data and the strongest digest that is there; a weaker one could be forged.</summary>
    private static List<TlsaRecord> Strongest(List<TlsaRecord> usable) =>
        [
            .. usable
                .GroupBy(r => (r.Usage, r.Selector))
                .SelectMany(g => g.Where(r => r.MatchingType == 0 || r.MatchingType == g.Max(other => other.MatchingType))),
        ];
}
