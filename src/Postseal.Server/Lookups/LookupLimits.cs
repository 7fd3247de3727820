namespace Postseal.Server.Lookups;

/// <summary>How much checking the site does at a time.</summary>
public sealed record LookupLimits
{
    /// <summary>Checks that run at a time: each opens about a dozen connections.</summary>
    public int Running { get; init; } = 32;

    /// <summary>Checks that may wait for their turn; more are refused.</summary>
    public int Waiting { get; init; } = 200;

    /// <summary>How long a result answers those who ask again.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A result this young answers even those who ask for a new check.</summary>
    public TimeSpan AtLeast { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Results kept in memory; those that nobody asked for the longest go first.</summary>
    public int Kept { get; init; } = 1000;

    /// <summary>Bytes of all results kept, as JSON: usually 10 to 30 KB each; in memory about three times that, and its page once somebody has come back to it.</summary>
    public long KeptBytes { get; init; } = 40 * 1024 * 1024;

    /// <summary>A result that is larger as JSON is given to those who wait for it and not kept: somebody tries what the site can hold.</summary>
    public int LargestKept { get; init; } = 1024 * 1024;
}
