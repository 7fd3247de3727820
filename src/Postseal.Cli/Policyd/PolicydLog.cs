using Microsoft.Extensions.Logging;

namespace Postseal.Cli.Policyd;

/// <summary>What the daemon says in the log: changes at info, what needs somebody at warning.</summary>
internal static partial class PolicydLog
{
    [LoggerMessage(1, LogLevel.Information, "postseal policyd listens on {Addresses}; {Policies} policies loaded from {Store}")]
    public static partial void Started(ILogger log, string addresses, int policies, string store);

    [LoggerMessage(2, LogLevel.Information, "Stopping: what is in flight is answered first")]
    public static partial void Stopping(ILogger log);

    [LoggerMessage(3, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger log);

    [LoggerMessage(4, LogLevel.Information, "Status pages at http://{Address}/")]
    public static partial void Status(ILogger log, string address);

    [LoggerMessage(10, LogLevel.Information, "policy domain={Domain} from={From} to={To} cause={Cause}: {Detail}")]
    public static partial void Changed(ILogger log, string domain, string from, string to, string cause, string detail);

    [LoggerMessage(11, LogLevel.Warning, "downgrade domain={Domain} from={From} to={To} cause={Cause}: {Detail}")]
    public static partial void Downgraded(ILogger log, string domain, string from, string to, string cause, string detail);

    [LoggerMessage(
        12,
        LogLevel.Warning,
        "The policy of {Domain} cannot be refreshed ({Reason}); it stays in force until {ExpiresAt:u}. {Detail}"
    )]
    public static partial void NotRefreshed(ILogger log, string domain, DateTimeOffset expiresAt, string reason, string detail);

    [LoggerMessage(
        13,
        LogLevel.Error,
        "The policy of {Domain} cannot be refreshed ({Reason}) and ends at {ExpiresAt:u}: after that its mail is not protected. {Detail}"
    )]
    public static partial void Endangered(ILogger log, string domain, DateTimeOffset expiresAt, string reason, string detail);

    [LoggerMessage(20, LogLevel.Information, "Configuration reloaded; {Overrides} overrides in force")]
    public static partial void Reloaded(ILogger log, int overrides);

    [LoggerMessage(21, LogLevel.Error, "The new configuration is refused and the old one stays: {Problem}")]
    public static partial void ReloadRefused(ILogger log, string problem);

    [LoggerMessage(22, LogLevel.Warning, "{Name} has changed in the file: it takes effect after a restart")]
    public static partial void NeedsRestart(ILogger log, string name);

    [LoggerMessage(23, LogLevel.Warning, "Configuration: {Warning}")]
    public static partial void ConfigurationWarning(ILogger log, string warning);

    [LoggerMessage(30, LogLevel.Information, "{Sentence}")]
    public static partial void ResolverGood(ILogger log, string sentence);

    [LoggerMessage(31, LogLevel.Warning, "{Sentence}")]
    public static partial void ResolverBad(ILogger log, string sentence);

    [LoggerMessage(
        91,
        LogLevel.Critical,
        "What was learned without the policy store could not be written because of an error of ours; it is written as policies are renewed, within a day"
    )]
    public static partial void StoreNotTakenUp(ILogger log, Exception e);

    [LoggerMessage(
        90,
        LogLevel.Critical,
        "The refresher ended because of an error of ours; policies are still answered, but not renewed"
    )]
    public static partial void RefresherEnded(ILogger log, Exception e);
}
