namespace Postseal.Server.History;

/// <summary>What the history logs.</summary>
internal static partial class HistoryLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "forgot {Domains} domains that nobody has checked for {Days} days")]
    public static partial void Forgotten(ILogger logger, long domains, double days);

    [LoggerMessage(Level = LogLevel.Warning, Message = "what is too old could not be forgotten, next attempt in a day: {Reason}")]
    public static partial void PruneFails(ILogger logger, string reason);
}
