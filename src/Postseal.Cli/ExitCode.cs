namespace Postseal.Cli;

/// <summary>What scripts may rely on.</summary>
internal static class ExitCode
{
    public const int Fine = 0;
    public const int Wrong = 1;
    public const int Usage = 2;
    public const int Unknown = 3;

    /// <summary>Several results in one: "could not tell" dominates, then "wrong".</summary>
    public static int Worst(IEnumerable<int> codes)
    {
        var all = codes.ToHashSet();
        return all.Contains(Unknown) ? Unknown
            : all.Contains(Wrong) ? Wrong
            : Fine;
    }
}
