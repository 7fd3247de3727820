using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging.Console;
using Postseal.Server.Configuration;

namespace Postseal.Server.Hosting;

/// <summary>The log on standard error: text for a terminal or the journal, or JSON lines.</summary>
internal static class SiteLogs
{
    /// <summary>Makes it.</summary>
    public static ILoggerFactory Create(LogSettings settings) =>
        LoggerFactory.Create(logs =>
        {
            logs.SetMinimumLevel(LogLevel.Trace);
            logs.AddFilter((category, level) => Passes(settings.Level, category, level));
            logs.AddSimpleConsole(text =>
            {
                text.SingleLine = true;
                text.UseUtcTimestamp = true;
                text.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            });
            logs.AddJsonConsole(json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
            logs.AddConsole(console =>
            {
                console.LogToStandardErrorThreshold = LogLevel.Trace;
                console.FormatterName = Formatter(settings); // last: each of the two above names its own
            });
        });

    // The journal reads the priority in front of a line.
    private static string Formatter(LogSettings settings) =>
        settings.IsJson ? ConsoleFormatterNames.Json
        : SystemdHelpers.IsSystemdService() ? ConsoleFormatterNames.Systemd
        : ConsoleFormatterNames.Simple;

    /// <summary>What the framework says below a warning tells every request with its query and the client's address: never written.</summary>
    private static bool Passes(LogLevel least, string? category, LogLevel level) =>
        level >= least
        && category != "Microsoft.Extensions.Hosting.Internal.Host" // a start that fails is told in one line, not by a stack trace
        && (
            level >= LogLevel.Warning
            || category is null
            || !(
                category.StartsWith("Microsoft.", StringComparison.Ordinal)
                || category.StartsWith("System.", StringComparison.Ordinal)
            )
        );
}
