using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Postseal.Protocol.MtaSts;

/// <summary>A policy (RFC 8461 §3.2). Rendering is <see cref="ToString"/>; parse ∘ render is the identity.</summary>
/// <param name="Mode">What a failure leads to.</param>
/// <param name="Mx">Patterns in the order written; empty only in mode <c>none</c>.</param>
/// <param name="MaxAge">Seconds as written, 0 to 9,999,999,999; senders use <see cref="Lifetime"/>.</param>
/// <param name="Extensions">Unknown fields, ignored by senders.</param>
public sealed record StsPolicy(StsMode Mode, ImmutableArray<MxPattern> Mx, long MaxAge, ImmutableArray<RecordField> Extensions)
{
    /// <summary>The label in front of the policy domain that names the policy host.</summary>
    public const string HostLabel = "mta-sts";

    /// <summary>Seconds; more counts as this (RFC 8461 §3.2).</summary>
    public const long MaxMaxAge = 31557600;

    /// <summary>Reads a policy text: strict UTF-8, strict grammar, lenient only on blank lines.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, [NotNullWhen(true)] out StsPolicy? policy, [NotNullWhen(false)] out ParseError? error) =>
        throw new NotSupportedException();

    /// <summary>How long a sender may keep the policy after a successful fetch.</summary>
    public TimeSpan Lifetime => TimeSpan.FromSeconds(Math.Min(MaxAge, MaxMaxAge));

    /// <summary>True when some pattern covers the host (RFC 8461 §4.1).</summary>
    public bool Covers(DomainName host) => Mx.Any(p => p.Matches(host));
}
