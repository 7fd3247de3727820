namespace Postseal.Cli.Policyd.Store;

/// <summary>What the store may take.</summary>
internal sealed record StoreLimits
{
    /// <summary>What is used of the file at most, in bytes; then the policies go that nobody has asked for longest. A policy has 64 kilobytes at most and 300 bytes
    /// usually, so this holds a million and a half of the usual ones.</summary>
    public long MaxBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>Bytes of work that wait for a disk that is full or gone. Policies beyond that are in memory alone until it is well again.</summary>
    public long MaxQueuedBytes { get; init; } = 8L * 1024 * 1024;
}
