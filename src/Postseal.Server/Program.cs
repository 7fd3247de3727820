using System.Runtime.InteropServices;
using Postseal.Server;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

return await ServerApp.RunAsync(args, Console.Out, Console.Error, stop.Token);

void Stop(PosixSignalContext signal)
{
    // A second signal finds the token cancelled already and ends the process the hard way.
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
