using System.Text;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;

namespace Postseal.Resolver.Sts;

/// <summary>A policy as fetched once. There may be a hundred thousand: it is kept as its text and parsed when it is asked for, and the text itself may be left to the store.</summary>
public sealed record CachedPolicy
{
    private readonly byte[]? _text;

    /// <summary>A policy and its text as served.</summary>
    /// <param name="domain">The policy domain.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="text">The text that it was read from.</param>
    /// <param name="id">The record's <c>id</c> seen before the fetch (standard.md 8461-3.3-18); empty when none was seen.</param>
    /// <param name="fetchedAt">When the HTTPS fetch succeeded; the age counts from here.</param>
    public CachedPolicy(DomainName domain, StsPolicy policy, ReadOnlySpan<byte> text, string id, DateTimeOffset fetchedAt)
    {
        ArgumentNullException.ThrowIfNull(policy);
        (Domain, Id, FetchedAt) = (domain, id, fetchedAt);
        (Mode, MaxAge, _text) = (policy.Mode, policy.MaxAge, text.ToArray());
    }

    /// <summary>A policy whose text is not known: it is written anew.</summary>
    public CachedPolicy(DomainName domain, StsPolicy policy, string id, DateTimeOffset fetchedAt)
        : this(domain, policy, Encoding.UTF8.GetBytes($"{policy}"), id, fetchedAt) { }

    private CachedPolicy(CachedPolicy whole, byte[]? text)
    {
        (Domain, Id, FetchedAt) = (whole.Domain, whole.Id, whole.FetchedAt);
        (Mode, MaxAge, IsStored, _text) = (whole.Mode, whole.MaxAge, whole.IsStored, text);
    }

    /// <summary>The policy domain.</summary>
    public DomainName Domain { get; }

    /// <summary>The record's <c>id</c> seen before the fetch.</summary>
    public string Id { get; }

    /// <summary>When the fetch succeeded.</summary>
    public DateTimeOffset FetchedAt { get; init; }

    /// <summary>The policy's mode.</summary>
    public StsMode Mode { get; }

    /// <summary>Seconds as written; the policy lives for <see cref="Lifetime"/>.</summary>
    public long MaxAge { get; }

    /// <summary>The store is known to have it, so that memory may do without the text.</summary>
    public bool IsStored { get; init; }

    /// <summary>True when the text is at hand; else it is in the store alone.</summary>
    public bool IsWhole => _text is not null;

    /// <summary>How long it lives after the fetch.</summary>
    public TimeSpan Lifetime => StsPolicy.LifetimeOf(MaxAge);

    /// <summary>The moment at which the policy ends: <c>max_age</c> after the fetch (RFC 8461 §3.2). An unchanged <c>id</c> extends nothing.</summary>
    public DateTimeOffset ExpiresAt => FetchedAt + Lifetime;

    /// <summary>The text as served; empty while it is in the store alone.</summary>
    public ReadOnlyMemory<byte> Text => _text;

    /// <summary>True until <see cref="ExpiresAt"/>.</summary>
    public bool IsLive(DateTimeOffset now) => now < ExpiresAt;

    /// <summary>The policy, parsed from the text.</summary>
    /// <exception cref="InvalidOperationException">The text is in the store alone.</exception>
    public StsPolicy Read() =>
        _text is not null && StsPolicy.TryParse(_text, out var policy, out _)
            ? policy
            : throw new InvalidOperationException($"The text of the policy of {Domain} is not in memory.");

    /// <summary>The same with its text left to the store.</summary>
    internal CachedPolicy WithoutText() => new(this, null);
}
