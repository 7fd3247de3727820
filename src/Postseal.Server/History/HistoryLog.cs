namespace Postseal.Server.History;

/// <summary>What the history logs.</summary>
internal static partial class HistoryLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "forgot {Domains} domains that nobody has checked for {Days} days")]
    public static partial void Forgotten(ILogger logger, long domains, double days);

    [LoggerMessage(Level = LogLevel.Warning, Message = "what is too old could not be forgotten, next attempt in a day: {Reason}")]
    public static partial void PruneFails(ILogger logger, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "the history has reached store.history-megabytes ({Megabytes}): forgot {Documents} older documents and {Domains} domains, the oldest first"
    )]
    public static partial void Evicted(ILogger logger, long megabytes, long documents, long domains);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "shortened {Documents} documents that an earlier version kept; what was left out is said in each"
    )]
    public static partial void Shortened(ILogger logger, long documents);
}
