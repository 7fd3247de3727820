using Microsoft.Extensions.Logging;

namespace Postseal.Cli.Policyd.Server;

/// <summary>What the socketmap server logs.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Debug, "Listening on {EndPoint}.")]
    public static partial void Listening(this ILogger log, string endPoint);

    [LoggerMessage(2, LogLevel.Information, "No longer listening; connections being finished: {Open}.")]
    public static partial void Stopping(this ILogger log, long open);

    [LoggerMessage(
        3,
        LogLevel.Warning,
        "A client sent no socketmap request ({Count} in all): is the port or the type of the map right?"
    )]
    public static partial void Malformed(this ILogger log, long count);

    [LoggerMessage(4, LogLevel.Warning, "No connection can be accepted for a moment: {Reason}.")]
    public static partial void CannotAccept(this ILogger log, string reason);

    [LoggerMessage(
        5,
        LogLevel.Warning,
        "The limit of {Max} connections is reached; a new one takes the place of the one idle longest. Is --max-connections above Postfix's process limit?"
    )]
    public static partial void Full(this ILogger log, int max);

    [LoggerMessage(6, LogLevel.Error, "A bug closed one connection; please report it.")]
    public static partial void Bug(this ILogger log, Exception e);

    [LoggerMessage(7, LogLevel.Debug, "A connection was closed by its time limit while {Phase}.")]
    public static partial void TimedOut(this ILogger log, Phase phase);

    [LoggerMessage(8, LogLevel.Debug, "A connection broke: {Call} failed with error {Error}.")]
    public static partial void Broke(this ILogger log, string call, int error);
}
