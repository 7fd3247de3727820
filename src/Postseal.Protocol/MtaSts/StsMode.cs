namespace Postseal.Protocol.MtaSts;

/// <summary>The policy mode (RFC 8461 §3.2, §5). <see cref="StsModes.ToWire"/> gives the text written in policies.</summary>
public enum StsMode
{
    /// <summary>As if no policy were active.</summary>
    None,

    /// <summary>Failures are reported, mail is delivered.</summary>
    Testing,

    /// <summary>No delivery to a host that fails the policy.</summary>
    Enforce,
}

/// <summary>The written names of <see cref="StsMode"/>.</summary>
public static class StsModes
{
    /// <summary>The value of a policy's <c>mode</c> line (RFC 8461 §3.2).</summary>
    public static string ToWire(this StsMode mode) =>
        mode switch
        {
            StsMode.None => "none",
            StsMode.Testing => "testing",
            StsMode.Enforce => "enforce",
            _ => throw new ArgumentOutOfRangeException(nameof(mode)),
        };
}
