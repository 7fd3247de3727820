namespace Postseal.Server.Hosting;

/// <summary>What the host logs. Nothing at info or above names a client or a query.</summary>
internal static partial class SiteLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "serving {Public}, for operators {Private}")]
    public static partial void Started(ILogger logger, string @public, string @private);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopping: requests that run have {Seconds} s to end")]
    public static partial void Stopping(ILogger logger, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Path} {Status} {Milliseconds} ms")]
    public static partial void Request(ILogger logger, string method, string path, int status, long milliseconds);
}
