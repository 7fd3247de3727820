using Postseal.Smtp.Probe;

namespace Postseal.Checks;

/// <summary>How to check a domain.</summary>
public sealed record CheckOptions
{
    /// <summary>How MX hosts are probed; its roots and its address guard hold for report addresses too.</summary>
    public required ProbeOptions Probe { get; init; }

    /// <summary>Port of HTTPS hosts that name no other: 443 outside labs.</summary>
    public int HttpsPort { get; init; } = 443;

    /// <summary>The whole check's deadline. Longer than the 60 s that RFC 8461 §3.3 grants a policy host, so that the host's own limit is seen.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(90);
}
