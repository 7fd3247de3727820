namespace Postseal.Server.SenderTest.Tests;

/// <summary>What the sender test logs. No address and no key.</summary>
internal static partial class TestLog
{
    [LoggerMessage(
        Level = LogLevel.Debug, // the store has said it, once; this is said every second
        Message = "{Count} observations of sender tests could not be kept, next attempt in a second: {Reason}"
    )]
    public static partial void KeepFails(ILogger logger, int count, string reason);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{Count} observations of sender tests are lost, what is missing in these tests proves nothing: {Reason}"
    )]
    public static partial void KeepEnds(ILogger logger, int count, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "More was seen by the servers of the sender test than could be taken note of; open tests say that they may have missed something"
    )]
    public static partial void QueueIsFull(ILogger logger);

    [LoggerMessage(
        Level = LogLevel.Debug, // the store has said it, once; this is said every minute
        Message = "expired sender tests could not be forgotten, next attempt in a minute: {Reason}"
    )]
    public static partial void PruneFails(ILogger logger, string reason);
}
