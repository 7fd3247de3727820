using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Postseal.Cli.Policyd.Server.Epoll;

/// <summary>Takes new connections of one listening socket into the epoll set.</summary>
[SupportedOSPlatform("linux")]
internal sealed class Acceptor(ListeningSocket listener, ulong token, ServerParts parts, EpollWork work)
{
    private const int MaxAtOnce = 64; // then the others have their turn

    private readonly int _descriptor = (int)listener.Socket.SafeHandle.DangerousGetHandle();
    private bool _isPaused = true;

    /// <summary>Listens, or listens again after a pause.</summary>
    public void Resume()
    {
        if (!_isPaused)
            return;

        work.Poll.Add(_descriptor, Libc.EpollIn, token);
        _isPaused = false;
    }

    public void Accept()
    {
        for (var i = 0; i < MaxAtOnce; i++)
        {
            var accepted = Libc.Accept(_descriptor, IntPtr.Zero, IntPtr.Zero, Libc.NonBlocking | Libc.CloseOnExec);
            if (accepted >= 0)
            {
                Admit(accepted);
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error is Libc.EMFile or Libc.ENFile or Libc.ENoBufs or Libc.ENoMem)
                Pause(error);

            // Any other is this one connection's (accept(2) passes on what went wrong in the network) or says that there is none left.
            return;
        }
    }

    public void Close()
    {
        if (!_isPaused)
            work.Poll.Remove(_descriptor);

        _isPaused = true;
        listener.Dispose();
    }

    private void Admit(int accepted)
    {
        if (work.Table.IsFull)
        {
            work.Incidents.Full();
            if (work.Table.LongestIdle() is not { } idle)
            {
                parts.Counters.Refused();
                _ = Libc.Close(accepted);
                return;
            }

            parts.Counters.Evicted();
            idle.Cut();
        }

        work.Accepted(accepted);
    }

    /// <summary>The waiting connection would wake the loop again and again: it is left in the queue until the next sweep.</summary>
    private void Pause(int error)
    {
        work.Incidents.CannotAccept(Marshal.GetPInvokeErrorMessage(error));
        work.Poll.Remove(_descriptor);
        _isPaused = true;
    }
}
