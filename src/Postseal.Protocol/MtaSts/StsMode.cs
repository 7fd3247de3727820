namespace Postseal.Protocol.MtaSts;

/// <summary>The policy mode (RFC 8461 §3.2, §5).</summary>
public enum StsMode
{
    /// <summary>As if no policy were active.</summary>
    None,

    /// <summary>Failures are reported, mail is delivered.</summary>
    Testing,

    /// <summary>No delivery to a host that fails the policy.</summary>
    Enforce,
}
