using System.Text;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;

namespace Postseal.Resolver.Sts;

/// <summary>A policy as fetched once.</summary>
/// <param name="Domain">The policy domain.</param>
/// <param name="Policy">The policy.</param>
/// <param name="Id">The record's <c>id</c> seen before the fetch (standard.md 8461-3.3-18); empty when none was seen.</param>
/// <param name="FetchedAt">When the HTTPS fetch succeeded; the age counts from here.</param>
public sealed record CachedPolicy(DomainName Domain, StsPolicy Policy, string Id, DateTimeOffset FetchedAt)
{
    /// <summary>The text as served; null where it is not known, and then the policy is written anew.</summary>
    public ReadOnlyMemory<byte>? Text { get; init; }

    /// <summary>The moment at which the policy ends: <c>max_age</c> after the fetch (RFC 8461 §3.2). An unchanged <c>id</c> extends nothing.</summary>
    public DateTimeOffset ExpiresAt => FetchedAt + Policy.Lifetime;

    /// <summary>True until <see cref="ExpiresAt"/>.</summary>
    public bool IsLive(DateTimeOffset now) => now < ExpiresAt;

    /// <summary>The text as served.</summary>
    public byte[] TextBytes() => Text is { } text ? text.ToArray() : Encoding.UTF8.GetBytes(Policy.ToString());
}
