using Postseal.Resolver.Sts;

namespace Postseal.Cli.Policyd.Memory;

/// <summary>What the daemon may keep in memory, in bytes, and who gets how much of it. Everything that is kept by count and whose items a stranger sizes has a share. The
/// program itself takes some 30 MB besides.</summary>
/// <param name="Total">All of it: the setting <c>memory-budget</c>.</param>
internal sealed record MemoryBudget(long Total)
{
    /// <summary>In megabytes, where nothing is set: 100,000 ordinary policies and their answers take 100.</summary>
    public const int DefaultMegabytes = 256;

    /// <summary>Below that the shares are too small for the largest single items.</summary>
    public const int MinMegabytes = 32;

    private const int Parts = 32;

    /// <summary>Where nothing is set.</summary>
    public static MemoryBudget Default { get; } = OfMegabytes(DefaultMegabytes);

    /// <summary>So many megabytes.</summary>
    public static MemoryBudget OfMegabytes(int megabytes) => new(megabytes * 1024L * 1024);

    /// <summary>Policies with what is known of them, and domains without one.</summary>
    public StsMemory Policies => new(Part(16), Part(2));

    /// <summary>Answers with a policy behind them.</summary>
    public long Answers => Part(10);

    /// <summary>Answers for other domains: short ones, for some seconds or minutes.</summary>
    public long OtherAnswers => Part(1);

    /// <summary>MX hosts and TLSA records.</summary>
    public long Routes => Part(2);

    /// <summary>What waits to be written to the store.</summary>
    public long Queue => Part(1);

    private long Part(int parts) => Total / Parts * parts;
}
