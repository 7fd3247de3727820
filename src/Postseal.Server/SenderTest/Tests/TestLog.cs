namespace Postseal.Server.SenderTest.Tests;

/// <summary>What the sender test logs. No address and no key.</summary>
internal static partial class TestLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} observations of sender tests could not be kept: {Reason}")]
    public static partial void KeepFails(ILogger logger, int count, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "expired sender tests could not be forgotten, next attempt in a minute: {Reason}"
    )]
    public static partial void PruneFails(ILogger logger, string reason);
}
