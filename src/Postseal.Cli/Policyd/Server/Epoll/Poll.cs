using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Postseal.Cli.Policyd.Server.Epoll;

/// <summary>An epoll set, level-triggered, and the events of the last wait.</summary>
[SupportedOSPlatform("linux")]
internal sealed class Poll : IDisposable
{
    private const int MaxEvents = 256;

    // struct epoll_event { u32 events; u64 data; } is packed on x86 (linux/eventpoll.h: EPOLL_PACKED) and nowhere else.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86
        ? sizeof(uint)
        : sizeof(ulong);
    private static readonly int EventSize = DataOffset + sizeof(ulong);

    private readonly byte[] _events = new byte[MaxEvents * EventSize];
    private readonly SafeFileHandle _epoll = new(Libc.EpollCreate(Libc.CloseOnExec), ownsHandle: true);

    /// <summary>Waits for events, without end unless told otherwise, and gives their number.</summary>
    public int Wait()
    {
        var count = Libc.EpollWait((int)_epoll.DangerousGetHandle(), ref _events[0], MaxEvents, -1);
        if (count >= 0)
            return count;

        return Marshal.GetLastPInvokeError() == Libc.EIntr ? 0 : throw Failure("epoll_wait");
    }

    /// <summary>One event of the last wait.</summary>
    public (uint Events, ulong Token) this[int index]
    {
        get
        {
            var entry = _events.AsSpan(index * EventSize, EventSize);
            return (MemoryMarshal.Read<uint>(entry), MemoryMarshal.Read<ulong>(entry[DataOffset..]));
        }
    }

    public void Add(int descriptor, uint events, ulong token) => Control(Libc.EpollAdd, descriptor, events, token);

    public void Modify(int descriptor, uint events, ulong token) => Control(Libc.EpollModify, descriptor, events, token);

    public void Remove(int descriptor) => Control(Libc.EpollDelete, descriptor, 0, 0);

    public void Dispose() => _epoll.Dispose();

    private void Control(int operation, int descriptor, uint events, ulong token)
    {
        Span<byte> entry = stackalloc byte[2 * sizeof(ulong)];
        MemoryMarshal.Write(entry, events);
        MemoryMarshal.Write(entry[DataOffset..], token);
        if (Libc.EpollControl(_epoll, operation, descriptor, ref entry[0]) != 0)
            throw Failure("epoll_ctl");
    }

    private static Win32Exception Failure(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        return new(error, $"{call}: {Marshal.GetPInvokeErrorMessage(error)}");
    }
}
