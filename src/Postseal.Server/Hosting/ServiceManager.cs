using System.Globalization;
using Microsoft.Extensions.Hosting.Systemd;

namespace Postseal.Server.Hosting;

/// <summary>What systemd is told, where it started us: sd_notify(3), sd_watchdog_enabled(3).</summary>
internal sealed class ServiceManager(Func<string, string?> environment, TimeProvider clock)
{
    private static readonly ServiceState Alive = new("WATCHDOG=1");

    private readonly SystemdNotifier _notifier = new();

    /// <summary>How often it wants to hear that we live; null for never.</summary>
    public TimeSpan? Watchdog { get; } = WatchdogOf(environment);

    /// <summary>The server answers.</summary>
    public void Ready() => _notifier.Notify(ServiceState.Ready);

    /// <summary>The server stops.</summary>
    public void Stopping() => _notifier.Notify(ServiceState.Stopping);

    /// <summary>Waits for the end and says that we live, twice as often as asked. It runs where requests run: when the threads of the process are
    /// all stuck, so is this, and systemd starts the server anew.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        var pause = Watchdog / 2 ?? Timeout.InfiniteTimeSpan;
        while (!ct.IsCancellationRequested)
        {
            await Task.Delay(pause, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _notifier.Notify(Alive);
        }
    }

    private static TimeSpan? WatchdogOf(Func<string, string?> environment)
    {
        var isOurs =
            environment("WATCHDOG_PID") is not { Length: > 0 } pid
            || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return
            isOurs
            && long.TryParse(environment("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out var time)
            && time is > 0 and < long.MaxValue / 100
            ? TimeSpan.FromMicroseconds(time)
            : null;
    }
}
