using Postseal.Protocol;
using Postseal.Protocol.MtaSts;

namespace Postseal.Resolver.Sts;

/// <summary>A line of the journal: what became of a domain's policy.</summary>
/// <param name="Domain">The policy domain.</param>
/// <param name="At">When it was noticed.</param>
/// <param name="From">The mode before; null for no policy.</param>
/// <param name="To">The mode after; null for no policy.</param>
/// <param name="Cause">Why.</param>
/// <param name="Detail">One sentence for people; may quote what was published, so escape it before printing.</param>
public sealed record PolicyChange(
    DomainName Domain,
    DateTimeOffset At,
    StsMode? From,
    StsMode? To,
    ChangeCause Cause,
    string Detail
)
{
    /// <summary>True when an enforced policy became anything weaker, by whatever cause.</summary>
    public bool IsDowngrade => From == StsMode.Enforce && To != StsMode.Enforce;
}

/// <summary>Why a cached policy changed.</summary>
public enum ChangeCause
{
    /// <summary>Another policy was fetched.</summary>
    Fetched,

    /// <summary><c>max_age</c> passed and no fetch had succeeded.</summary>
    Expired,

    /// <summary>An operator said so.</summary>
    Forgotten,

    /// <summary>Nobody sent mail there for long.</summary>
    Unused,

    /// <summary>The cache was full.</summary>
    Evicted,
}

/// <summary>The written names of <see cref="ChangeCause"/>.</summary>
public static class ChangeCauses
{
    /// <summary>The text used in logs, metrics, JSON and the store.</summary>
    public static string ToWire(this ChangeCause cause) =>
        cause switch
        {
            ChangeCause.Fetched => "fetched",
            ChangeCause.Expired => "expired",
            ChangeCause.Forgotten => "forgotten",
            ChangeCause.Unused => "unused",
            ChangeCause.Evicted => "evicted",
            _ => throw new ArgumentOutOfRangeException(nameof(cause)),
        };
}
