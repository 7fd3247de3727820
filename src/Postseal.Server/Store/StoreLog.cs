namespace Postseal.Server.Store;

/// <summary>What the store logs.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "the store cannot be {What}: {Reason}; checks go on and are not remembered, tests of senders cannot be opened. This is said once, until it works again"
    )]
    public static partial void Fails(ILogger logger, string what, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "the store works again")]
    public static partial void Works(ILogger logger);
}
