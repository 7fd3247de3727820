namespace Postseal.Protocol.Tls;

/// <summary>Comparison of a dNSName presented in a certificate with a reference name (RFC 9525 §6.3).</summary>
public static class DnsId
{
    /// <summary>Label by label, ASCII case-insensitive; one <c>*</c>, alone in the left-most label, stands for exactly one label; <c>*.</c> over a single label never matches.</summary>
    /// <param name="presented">As in the certificate, hostile; a final dot, U-labels or NUL bytes make it match nothing.</param>
    /// <param name="reference">The name the client meant to reach.</param>
    public static bool Matches(string presented, DomainName reference)
    {
        ArgumentNullException.ThrowIfNull(presented);
        ArgumentNullException.ThrowIfNull(reference);
        if (!presented.StartsWith("*.", StringComparison.Ordinal))
            return presented.Equals(reference.Value, StringComparison.OrdinalIgnoreCase); // a stray '*' equals no domain name

        var suffix = presented.AsSpan(2);
        return suffix.Contains('.')
            && reference.Parent is { } parent
            && suffix.Equals(parent.Value, StringComparison.OrdinalIgnoreCase);
    }
}
