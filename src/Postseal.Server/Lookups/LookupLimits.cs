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

    /// <summary>Bytes of memory that all results kept may take with their pages, as they are weighed (<see cref="LookupResult.Weight"/>): usually 60 to 150 KB each. Half of
    /// the 256 MB that a site keeps in all; the rest is for tests of senders.</summary>
    public long KeptBytes { get; init; } = 128 * 1024 * 1024;

    /// <summary>A result that is larger as JSON is given to those who wait for it and not kept: somebody tries what the site can hold.</summary>
    public int LargestKept { get; init; } = 1024 * 1024;

    /// <summary>A page that is larger is made anew for everybody who asks, and counted as work of theirs (<see cref="Hosting.PageWork"/>).</summary>
    public int LargestPage { get; init; } = 4 * 1024 * 1024;
}
