using Microsoft.Extensions.Logging;

namespace Postseal.Cli.Policyd;

/// <summary>What is logged, changeable while the daemon runs.</summary>
internal sealed class LogThreshold(LogLevel level)
{
    private int _level = (int)level;

    /// <summary>From now on.</summary>
    public void Set(LogLevel next) => Volatile.Write(ref _level, (int)next);

    /// <summary>True when a line is to be written. The framework behind the status pages speaks only of trouble.</summary>
    public bool Passes(string? category, LogLevel severity) =>
        (int)severity >= Volatile.Read(ref _level)
        && (severity >= LogLevel.Warning || category?.StartsWith("Microsoft.", StringComparison.Ordinal) != true);
}
