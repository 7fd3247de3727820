namespace Postseal.Server.History;

/// <summary>What history may cost. Anyone may have any domain checked every few minutes, and its owner may have it look different each time: so each
/// share is bounded, and all of them together. docs/decisions/015-what-history-may-cost.md.</summary>
internal static class HistoryLimits
{
    /// <summary>Bytes of one document as it is kept. One takes 5 to 40 KB; of what is larger some is left out (<see cref="KeptDocument"/>).</summary>
    public const int DocumentBytes = 64 * 1024;

    /// <summary>Documents of one domain: the last check, and those that showed something new.</summary>
    public const int Documents = 20;

    /// <summary>Bytes of the documents of one domain: twenty as large as most are, four as large as can be.</summary>
    public const int DocumentBytesOfDomain = 256 * 1024;

    /// <summary>Of changes that follow each other faster than this the first and the last document are kept. Who repairs a domain checks every few minutes.</summary>
    public static readonly TimeSpan Between = TimeSpan.FromHours(1);

    /// <summary>Spans of findings of one domain: two screens of history; a domain in order has under ten.</summary>
    public const int Spans = 300;

    /// <summary>Bytes of them: 300 with short names, some 50 with the longest that there are.</summary>
    public const int SpanBytes = 96 * 1024;

    /// <summary>Bytes of the findings that one check shows: what stands open leaves room for what has gone.</summary>
    public const int ShownBytes = SpanBytes / 2;

    /// <summary>Verdicts of one domain: one change a week for two years.</summary>
    public const int Verdicts = 100;

    /// <summary>Publications of one domain. The rules look back to the longest max_age, a year: a policy that changes weekly.</summary>
    public const int Publications = 52;

    /// <summary>What one network can add in 24 hours, as a part of the budget for all: to push out what others have left takes it a month.</summary>
    public const int DaysOfOneNetwork = 32;

    /// <summary>The budget for all is never used up: below it by this part of it room is made, down to twice as much below.</summary>
    public const int PartKeptFree = 16;

    /// <summary>A domain has standing when so much lies between its first and its last check. Others go first when there is no room.</summary>
    public static readonly TimeSpan Standing = TimeSpan.FromDays(1);

    /// <summary>Other nodes fill the same database: what it holds is counted again after so long.</summary>
    public static readonly TimeSpan CountAgain = TimeSpan.FromMinutes(10);

    /// <summary>The budget where nobody set one: some 40,000 domains.</summary>
    public const int StandardMegabytes = 1024;

    /// <summary>The budget of all nodes in bytes.</summary>
    public static long Budget(int megabytes) => megabytes * 1024L * 1024;
}
