using System.Net;
using System.Threading.Channels;
using Postseal.Protocol.Tls;

namespace Postseal.Outbound;

/// <summary>What one job may cost others and us: connections opened and bytes received. Shared by everything that the job does side by side.</summary>
public sealed class OutboundBudget
{
    /// <summary>Chains made to cost (<see cref="PresentedChain.IsCostly"/>, or more certificates than anybody looks at) after which a job takes no more handshakes. The TLS library verifies what was
    /// sent before we are asked, half a second of CPU for the worst that <see cref="ClientHandshake.MaxReceived"/> has room for; a server with one such chain
    /// is a curiosity, a domain full of them an attack.</summary>
    public const int MaxOversizedChains = 4;

    /// <summary>Handshakes of one job that are worked on at one time: between two reads of a server's bytes, when the TLS library and the judge compute. So what
    /// is under way when the last chain that is admitted has been judged is known, however many sessions run side by side.</summary>
    public const int HandshakesAtATime = 2;

    private readonly Channel<int> _turns = Places(HandshakesAtATime);
    private readonly Dictionary<IPAddress, int> _visits = []; // as many entries as there are connections, at most
    private readonly int _mostConnections;
    private readonly long _mostBytes;
    private int _oversized;
    private int _connections;
    private long _bytes;

    /// <param name="connections">TCP connections tried, at most.</param>
    /// <param name="bytes">Bytes received over all of them, at most.</param>
    public OutboundBudget(int connections, long bytes) => (_mostConnections, _mostBytes) = (connections, bytes);

    /// <summary>Connections tried so far.</summary>
    public int Connections => Math.Min(Volatile.Read(ref _connections), _mostConnections);

    /// <summary>Bytes received so far; the last read may go beyond the bound by its own size.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Takes one connection.</summary>
    /// <exception cref="OverBudgetException">None is left.</exception>
    internal void TakeConnection()
    {
        if (Interlocked.Increment(ref _connections) <= _mostConnections)
            return;

        Interlocked.Decrement(ref _connections);
        throw new OverBudgetException($"more than {_mostConnections} connections");
    }

    /// <summary>Notes what one handshake showed.</summary>
    /// <param name="chain">As it was judged.</param>
    /// <param name="sent">How many certificates there were.</param>
    internal void Judged(PresentedChain chain, int sent)
    {
        if (chain.IsCostly || sent > ChainJudge.MaxCertificates)
            Interlocked.Increment(ref _oversized);
    }

    /// <summary>Waits until bytes of a handshake may be worked on, and goes on on one of the <see cref="HandshakeThreads"/>: from there to the next read nobody
    /// can stop the work. Who was admitted calls <see cref="WorkDone"/>.</summary>
    /// <exception cref="OverBudgetException">There were too many chains that are made to cost.</exception>
    internal async ValueTask AdmitWorkAsync(CancellationToken ct)
    {
        await _turns.Reader.ReadAsync(ct).ConfigureAwait(false);
        try
        {
            await HandshakeThreads.Enter();
            ct.ThrowIfCancellationRequested();
            if (Volatile.Read(ref _oversized) >= MaxOversizedChains)
                throw new OverBudgetException($"more than {MaxOversizedChains} certificate chains beyond all bounds");
        }
        catch
        {
            WorkDone();
            throw;
        }
    }

    /// <summary>Gives a turn back.</summary>
    internal void WorkDone() => _turns.Writer.TryWrite(0);

    /// <summary>Counts a visit to a neighbourhood; how many there were before.</summary>
    internal int CountVisit(IPAddress neighbourhood)
    {
        lock (_visits)
        {
            var before = _visits.GetValueOrDefault(neighbourhood);
            _visits[neighbourhood] = before + 1;
            return before;
        }
    }

    // What is in it is free.
    private static Channel<int> Places(int count)
    {
        var places = Channel.CreateBounded<int>(count);
        for (var i = 0; i < count; i++)
            places.Writer.TryWrite(0);
        return places;
    }

    /// <summary>Counts what was received.</summary>
    /// <exception cref="OverBudgetException">It is too much.</exception>
    internal void Receive(int count)
    {
        if (Interlocked.Add(ref _bytes, count) > _mostBytes)
            throw new OverBudgetException($"more than {_mostBytes / 1024} KB");
    }
}

/// <summary>The job has used up what it may cost. Says nothing about the peer.</summary>
/// <param name="what">The bound, as the end of a sentence: <c>more than 240 connections</c>.</param>
public sealed class OverBudgetException(string what) : IOException($"This would take {what}.")
{
    /// <summary>The bound, as the end of a sentence.</summary>
    public string What { get; } = what;
}

/// <summary>A peer sent more than one connection, or one handshake, can need.</summary>
/// <param name="what">The bound, as the end of a sentence: <c>more than 64 KB in one TLS handshake</c>.</param>
public sealed class TooMuchReceivedException(string what) : IOException($"The server sends {what}.")
{
    /// <summary>The bound, as the end of a sentence.</summary>
    public string What { get; } = what;
}
