namespace Postseal.Protocol.Tls;

/// <summary>Comparison of a dNSName presented in a certificate with a reference name (RFC 9525 §6.3).</summary>
public static class DnsId
{
    /// <summary>Label by label, ASCII case-insensitive; one <c>*</c>, alone in the left-most label, stands for exactly one label; <c>*.</c> over a single label never matches.</summary>
    public static bool Matches(string presented, DomainName reference) => throw new NotSupportedException();
}
