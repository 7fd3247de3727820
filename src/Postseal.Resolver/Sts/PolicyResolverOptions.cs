namespace Postseal.Resolver.Sts;

/// <summary>Bounds of a <see cref="PolicyResolver"/>, and who is told what happens in it.</summary>
public sealed record PolicyResolverOptions
{
    /// <summary>Policies kept at most; then the least used ones go.</summary>
    public int MaxPolicies { get; init; } = 100_000;

    /// <summary>Memory that may be taken; what does not fit is left to the store.</summary>
    public StsMemory Memory { get; init; } = StsMemory.Default;

    /// <summary>How long a question waits for DNS while an unexpired policy is cached; then that one answers and the look-up finishes behind.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Hears of changes and failures, on the thread that noticed; must not throw.</summary>
    public Action<PolicyNotice> Notify { get; init; } = _ => { };

    /// <summary>Where unpredictable moments come from (RFC 8461 §10.2).</summary>
    public Random Random { get; init; } = Random.Shared;
}
