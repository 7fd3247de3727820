using Postseal.Protocol;

namespace Postseal.Server.Lookups;

/// <summary>What the desk logs.</summary>
internal static partial class LookupLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "the check of {Domain} ended by an error of this program")]
    public static partial void Bug(ILogger logger, Exception e, DomainName domain);

    // The store itself says it once, loudly; this is said for each check.
    [LoggerMessage(Level = LogLevel.Debug, Message = "the history store fails, this check goes on without it: {Reason}")]
    public static partial void StoreFails(ILogger logger, string reason);
}
