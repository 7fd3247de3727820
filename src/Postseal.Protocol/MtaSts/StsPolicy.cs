using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Postseal.Protocol.MtaSts;

/// <summary>A policy (RFC 8461 §3.2). Rendering is <see cref="ToString"/>; parse ∘ render is the identity.</summary>
/// <param name="Mode">What a failure leads to.</param>
/// <param name="Mx">Patterns in the order written; empty only in mode <c>none</c>.</param>
/// <param name="MaxAge">Seconds as written, 0 to 9,999,999,999; senders use <see cref="Lifetime"/>.</param>
/// <param name="Extensions">All other lines, ignored by senders: unknown keys, and repeats of keys that count once.</param>
public sealed record StsPolicy(StsMode Mode, MxPatterns Mx, long MaxAge, PolicyLines Extensions)
{
    /// <summary>The label in front of the policy domain that names the policy host.</summary>
    public const string HostLabel = "mta-sts";

    /// <summary>Where the policy host serves the policy (RFC 8461 §3.3).</summary>
    public const string Path = "/.well-known/mta-sts.txt";

    /// <summary>Seconds; more counts as this (RFC 8461 §3.2).</summary>
    public const long MaxMaxAge = 31557600;

    /// <summary>Reads a policy text: strict UTF-8, strict grammar, lenient only on blank lines. The error is the first one in the order of lines;
    /// a missing key counts as found at the end. Errors: <see cref="StsPolicyErrors"/>.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> text,
        [NotNullWhen(true)] out StsPolicy? policy,
        [NotNullWhen(false)] out ParseError? error
    )
    {
        var reader = new StsPolicyReader(text);
        policy = reader.Read();
        error = reader.Error;
        return policy is not null;
    }

    /// <summary>How long a sender may keep the policy after a successful fetch.</summary>
    public TimeSpan Lifetime => LifetimeOf(MaxAge);

    /// <summary>How long a policy with this <c>max_age</c> may be kept.</summary>
    public static TimeSpan LifetimeOf(long maxAge) => TimeSpan.FromSeconds(Math.Min(maxAge, MaxMaxAge));

    /// <summary>True when some pattern covers the host (RFC 8461 §4.1).</summary>
    public bool Covers(DomainName host) => Mx.Covers(host);

    /// <summary>The policy as published (standard.md 8461-3.2-23): version, mode, mx, max_age, then the rest; lines end with CRLF.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append("version: STSv1\r\n");
        text.Append(CultureInfo.InvariantCulture, $"mode: {Mode.ToWire()}\r\n");
        foreach (var pattern in Mx)
            text.Append(CultureInfo.InvariantCulture, $"mx: {pattern}\r\n");

        text.Append(CultureInfo.InvariantCulture, $"max_age: {MaxAge}\r\n");
        foreach (var field in Extensions)
            text.Append(CultureInfo.InvariantCulture, $"{field.Name}: {field.Value}\r\n");

        return text.ToString();
    }
}
