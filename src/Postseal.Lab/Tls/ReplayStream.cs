namespace Postseal.Lab.Tls;

/// <summary>A connection of which some bytes were read already: they come first.</summary>
/// <param name="wire">Left open.</param>
/// <param name="held">What was read.</param>
internal sealed class ReplayStream(Stream wire, ReadOnlyMemory<byte> held) : DuplexStream
{
    private ReadOnlyMemory<byte> _held = held;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_held.IsEmpty)
            return await wire.ReadAsync(buffer, cancellationToken);

        var count = Math.Min(buffer.Length, _held.Length);
        _held[..count].CopyTo(buffer);
        _held = _held[count..];
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        wire.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => wire.FlushAsync(cancellationToken);
}
