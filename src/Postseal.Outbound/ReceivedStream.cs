namespace Postseal.Outbound;

/// <summary>The socket's stream with every byte that comes in counted: against this connection, against the handshake while one runs, and against the job. While one
/// runs, what was read is worked on by the <see cref="HandshakeThreads"/>, and the peer's time runs only while it is waited for.</summary>
internal sealed class ReceivedStream(Stream inner, OutboundBudget budget) : Stream
{
    private long _left = OutboundConnection.MaxReceived;
    private long? _leftOfHandshake;
    private PeerTime? _time; // of the handshake that runs
    private bool _works; // bytes of a handshake are being worked on

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>From now on bytes count as those of a handshake, until it ends.</summary>
    public void BeginHandshake(PeerTime time) => (_leftOfHandshake, _time) = (ClientHandshake.MaxReceived, time);

    public void EndHandshake()
    {
        (_leftOfHandshake, _time) = (null, null);
        EndWork();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        EndWork();
        _time?.Resume();
        var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _time?.Pause();
        Count(read);
        if (_time is not null)
        {
            await budget.AdmitWorkAsync(cancellationToken).ConfigureAwait(false);
            _works = true;
        }

        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // What a client writes in a handshake goes into the socket's own buffer: nobody is waited for.
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // A thread that waits for a peer is not what a deadline can end.
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("only asynchronously");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("only asynchronously");

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        EndWork();
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            EndWork();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void EndWork()
    {
        if (_works)
            budget.WorkDone();

        _works = false;
    }

    private void Count(int read)
    {
        budget.Receive(read);
        _left -= read;
        _leftOfHandshake -= read;
        if (_leftOfHandshake < 0)
            throw new TooMuchReceivedException($"more than {ClientHandshake.MaxReceived / 1024} KB in one TLS handshake");

        if (_left < 0)
            throw new TooMuchReceivedException($"more than {OutboundConnection.MaxReceived / 1024} KB on one connection");
    }
}
