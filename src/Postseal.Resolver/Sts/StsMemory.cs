namespace Postseal.Resolver.Sts;

/// <summary>Bytes of memory that a policy cache may take.</summary>
/// <param name="Policies">Domains with a policy. About a kilobyte for each at most is never given up, the texts besides are.</param>
/// <param name="Others">Domains without one.</param>
public sealed record StsMemory(long Policies, long Others)
{
    /// <summary>Room for 100,000 policies of ordinary size.</summary>
    public static StsMemory Default { get; } = new(128L * 1024 * 1024, 16L * 1024 * 1024);
}
