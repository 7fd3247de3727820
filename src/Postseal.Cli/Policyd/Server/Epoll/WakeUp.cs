using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Postseal.Cli.Policyd.Server.Epoll;

/// <summary>Wakes the epoll thread from another one: an eventfd, written once however many threads want it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class WakeUp : IDisposable
{
    private readonly SafeFileHandle _event = new(Libc.EventDescriptor(0, Libc.CloseOnExec | Libc.NonBlocking), ownsHandle: true);
    private int _pending;

    public int Descriptor => (int)_event.DangerousGetHandle();

    public void Signal()
    {
        if (Interlocked.Exchange(ref _pending, 1) != 0)
            return;

        try
        {
            var one = 1UL;
            _ = Libc.Write(_event, ref one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // The loop has ended: nobody waits for what we had to say.
        }
    }

    /// <summary>To be called before the reason of the signal is looked at, so that none is overlooked.</summary>
    public void Reset()
    {
        var count = 0UL;
        _ = Libc.Read(_event, ref count, sizeof(ulong));
        Volatile.Write(ref _pending, 0);
        Interlocked.MemoryBarrier();
    }

    public void Dispose() => _event.Dispose();
}
