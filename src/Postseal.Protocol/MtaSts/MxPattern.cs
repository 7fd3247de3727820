using System.Diagnostics.CodeAnalysis;

namespace Postseal.Protocol.MtaSts;

/// <summary>The value of a policy's <c>mx</c> line (RFC 8461 §3.2, §4.1): a host name, or <c>*.</c> and a domain, the wildcard standing for exactly one label.</summary>
public sealed record MxPattern(bool IsWildcard, DomainName Domain)
{
    /// <summary>Reads a pattern. U-labels, underscores, a final dot, ports, addresses in brackets and inner wildcards are refused.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out MxPattern? pattern, [NotNullWhen(false)] out ParseError? error) =>
        throw new NotSupportedException();

    /// <summary>True when the pattern covers the MX host.</summary>
    public bool Matches(DomainName host) => IsWildcard ? Domain.Equals(host.Parent) : Domain.Equals(host);

    /// <summary>The pattern as written in a policy.</summary>
    public override string ToString() => IsWildcard ? $"*.{Domain}" : Domain.Value;
}
