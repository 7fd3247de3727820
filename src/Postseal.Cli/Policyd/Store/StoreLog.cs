using Microsoft.Extensions.Logging;

namespace Postseal.Cli.Policyd.Store;

/// <summary>What the store says in the log.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(
        200,
        LogLevel.Critical,
        "The policy store {Path} is corrupt ({Why}). It was set aside as {Aside} and a new one begun: policies are learned again as mail is sent."
    )]
    public static partial void SetAside(ILogger log, string path, string aside, string why);

    [LoggerMessage(
        201,
        LogLevel.Error,
        "Cannot write to the policy store {Path}: {Why}. Policies stay in memory and answers go on; tried again every {Seconds} s, and said again after an hour."
    )]
    public static partial void WriteFailed(ILogger log, string path, string why, double seconds);

    [LoggerMessage(
        205,
        LogLevel.Critical,
        "There is no policy store: {Why}. Policies are kept in memory alone and answers go on, but a restart forgets what is new. Tried again every {Seconds} s."
    )]
    public static partial void Without(ILogger log, string why, double seconds);

    [LoggerMessage(206, LogLevel.Information, "The policy store {Path} is there: what was learned without it is written.")]
    public static partial void TakenUp(ILogger log, string path);

    [LoggerMessage(
        207,
        LogLevel.Warning,
        "The policy store {Path} holds more than {MaxMegabytes} MB (store-budget): {Count} policies that nobody has asked for longest were deleted. They are fetched again when they are asked for."
    )]
    public static partial void Trimmed(ILogger log, string path, long maxMegabytes, long count);

    [LoggerMessage(204, LogLevel.Information, "The policy store {Path} can be written to again; what had to wait is written.")]
    public static partial void WrittenAgain(ILogger log, string path);

    [LoggerMessage(202, LogLevel.Error, "Cannot read the policy store: {Why}")]
    public static partial void Unreadable(ILogger log, string why);

    [LoggerMessage(203, LogLevel.Warning, "The policy store holds an entry that cannot be read, of '{Domain}': left out.")]
    public static partial void RowSkipped(ILogger log, string domain);
}
