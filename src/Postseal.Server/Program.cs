using System.Runtime.InteropServices;
using Postseal.Server;

// timeout(1) signals its child and then the whole group: what comes so soon is the same wish, not impatience.
var sameWish = TimeSpan.FromSeconds(1);
long? first = null;
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

return await ServerApp.RunAsync(args, Console.Out, Console.Error, stop.Token);

void Stop(PosixSignalContext signal)
{
    // A later signal ends the process the hard way.
    signal.Cancel = first is not { } since || TimeProvider.System.GetElapsedTime(since) < sameWish;
    first ??= TimeProvider.System.GetTimestamp();
    stop.Cancel();
}
