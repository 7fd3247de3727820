using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;

namespace Postseal.Cli.Policyd.Server.Epoll;

/// <summary>What all connections of the epoll thread share: buffers, the table, the clock's reading of this round. Only that thread uses it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class EpollWork(ServerParts parts, WakeUp wakeUp, CancellationToken cut) : IDisposable
{
    // A request at the limit with its frame always fits, and a segment of some hundred usual ones does.
    private const int MinInput = 16 * 1024;
    private const int FrameBytes = 16;

    private EpollConnection?[] _byDescriptor = new EpollConnection?[64];
    private uint _number;

    public Poll Poll { get; } = new();

    public ConnectionTable Table { get; } = new(parts.Limits, parts.Clock, parts.Counters);

    public Dialogue Dialogue { get; } = new(parts.Service.Warm, parts.Limits, parts.Counters);

    public ColdAnswers Lookups { get; } = new(parts, wakeUp);

    public Incidents Incidents { get; } = new(parts.Limits, parts.Counters, parts.Clock, parts.Log);

    public ILogger Log { get; } = parts.Log;

    public byte[] Input { get; } = new byte[Math.Max(MinInput, parts.Limits.MaxRequestBytes + FrameBytes)];

    public ReplyBuffer Replies { get; } = new(ReplyBuffer.DefaultCapacity);

    public CancellationToken CutToken { get; } = cut;

    /// <summary>When this round's events were seen.</summary>
    public long Now { get; private set; }

    public bool IsStopping { get; private set; }

    public void BeginRound() => Now = parts.Clock.GetTimestamp();

    public void BeginStop() => IsStopping = true;

    public void Answered(int count) => parts.Counters.Answered(count, parts.Clock.GetElapsedTime(Now));

    public void Accepted(int descriptor)
    {
        _number = _number == uint.MaxValue ? 1 : _number + 1; // 0 marks what is no connection
        var connection = new EpollConnection(descriptor, _number, this);
        if (descriptor >= _byDescriptor.Length)
            Array.Resize(ref _byDescriptor, Math.Max(descriptor + 1, 2 * _byDescriptor.Length));

        _byDescriptor[descriptor] = connection;
        Table.Add(connection);
        Poll.Add(descriptor, Libc.EpollIn, connection.Token);
    }

    /// <summary>The connection an event is for; null when it was closed earlier in this round.</summary>
    public EpollConnection? Find(ulong token) =>
        _byDescriptor[(int)(token & int.MaxValue)] is { } found && found.Token == token ? found : null;

    public void Forget(int descriptor) => _byDescriptor[descriptor] = null;

    public void Dispose() => Poll.Dispose();
}
