using System.Diagnostics.CodeAnalysis;

namespace Postseal.Protocol.MtaSts;

/// <summary>The value of a policy's <c>mx</c> line (RFC 8461 §3.2, §4.1): a host name, or <c>*.</c> and a domain, the wildcard standing for exactly one label.</summary>
public sealed record MxPattern(bool IsWildcard, DomainName Domain)
{
    private const string Wildcard = "*.";

    /// <summary>True when the last label is a number, as in <c>192.0.2.1</c>: well-formed (RFC 5321 §4.1.2), but no host has such a name and
    /// the pattern matches nothing (standard.md 8461-3.2-22).</summary>
    public bool IsAddress => Domain.IsAddress;

    /// <summary>Reads <c>[ "*." ] Domain</c>, Domain as in RFC 5321 §4.1.2. U-labels, underscores, a final dot, ports, addresses in brackets and inner wildcards are
    /// refused. Errors: <see cref="StsPolicyErrors.Mx"/>, <see cref="StsPolicyErrors.MxIdn"/>.</summary>
    public static bool TryParse(
        ReadOnlySpan<char> text,
        [NotNullWhen(true)] out MxPattern? pattern,
        [NotNullWhen(false)] out ParseError? error
    )
    {
        error = Check(text);
        var isWildcard = text.StartsWith(Wildcard, StringComparison.Ordinal);
        pattern = error is null ? new(isWildcard, DomainName.FromAscii(text[(isWildcard ? Wildcard.Length : 0)..])) : null;
        return pattern is not null;
    }

    /// <summary>What is wrong with the text as a pattern; null when nothing is. Errors as in <see cref="TryParse"/>.</summary>
    internal static ParseError? Check(ReadOnlySpan<char> text)
    {
        var start = text.StartsWith(Wildcard, StringComparison.Ordinal) ? Wildcard.Length : 0;
        var fault = FindFault(text[start..]);
        if (fault < 0)
            return null;

        var offset = start + fault;
        return new(offset < text.Length && text[offset] > '\x7F' ? StsPolicyErrors.MxIdn : StsPolicyErrors.Mx, offset);
    }

    /// <summary>True when the pattern covers the MX host.</summary>
    public bool Matches(DomainName host)
    {
        if (IsAddress)
            return false;

        if (!IsWildcard)
            return Domain.Equals(host);

        return host.Value.IndexOf('.') is var dot and >= 0 && host.Value.AsSpan(dot + 1).SequenceEqual(Domain.Value);
    }

    /// <summary>The pattern as written in a policy.</summary>
    public override string ToString() => IsWildcard ? Wildcard + Domain : Domain.Value;

    // Domain = sub-domain *( "." sub-domain ); sub-domain = Let-dig [ *( Let-dig / "-" ) Let-dig ]. The position of the first fault, or -1.
    private static int FindFault(ReadOnlySpan<char> text)
    {
        var label = 0; // where the current label begins
        for (var i = 0; i < text.Length; i++)
        {
            if (i == DomainName.MaxLength)
                return i;

            if (text[i] == '.')
            {
                if (i == label)
                    return i;

                if (text[i - 1] == '-')
                    return i - 1;

                label = i + 1;
            }
            else if (!char.IsAsciiLetterOrDigit(text[i]) && (text[i] != '-' || i == label))
                return i;
            else if (i - label == DomainName.MaxLabelLength)
                return i;
        }

        if (label == text.Length)
            return text.Length;

        return text[^1] == '-' ? text.Length - 1 : -1;
    }
}
