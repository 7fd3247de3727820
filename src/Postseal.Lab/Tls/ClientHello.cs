using System.Buffers.Binary;
using System.Text;

namespace Postseal.Lab.Tls;

/// <summary>The first message of a client, read ahead of the handshake: the name it asks for decides which server answers, and with which TLS library.</summary>
internal sealed class ClientHello : IAsyncDisposable
{
    private const int MaxBytes = 16 * 1024; // one record (RFC 8446 §5.1); a ClientHello fills a tenth of it
    private const int RecordHeader = 5; // RFC 8446 §5.1
    private const byte HandshakeRecord = 22;
    private const byte ClientHelloMessage = 1; // RFC 8446 §4

    private ClientHello(string? sni, ReplayStream replayed) => (Sni, Replayed) = (sni, replayed);

    /// <summary>The name asked for (RFC 6066 §3), in lower case; null where there is none, or nothing that could be read.</summary>
    public string? Sni { get; }

    /// <summary>The connection as it was before anything was read.</summary>
    public Stream Replayed { get; }

    /// <summary>Reads the first record. The caller keeps the wire.</summary>
    /// <exception cref="IOException">The client went away.</exception>
    public static async Task<ClientHello> ReadAsync(Stream wire, CancellationToken ct)
    {
        var bytes = new byte[RecordHeader + MaxBytes];
        var held = 0;
        while (held < Wanted(bytes.AsSpan(0, held)))
        {
            var count = await wire.ReadAsync(bytes.AsMemory(held), ct);
            if (count == 0)
                break;

            held += count;
        }

        return new(SniOf(bytes.AsSpan(0, held)), new(wire, bytes.AsMemory(0, held)));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Replayed.DisposeAsync();

    /// <summary>The name in a record that holds a ClientHello; text from outside.</summary>
    internal static string? SniOf(ReadOnlySpan<byte> record)
    {
        if (record is not [HandshakeRecord, _, _, _, _, ClientHelloMessage, ..])
            return null;

        var reader = new Reader(record);
        reader.Skip(RecordHeader);
        reader.Skip(4 + 2 + 32); // type and length, legacy_version, random (RFC 8446 §4.1.2)
        reader.Skip(reader.Byte()); // session id
        reader.Skip(reader.Number()); // cipher suites
        reader.Skip(reader.Byte()); // compression methods
        reader.Skip(2); // length of the extensions, which end with the record
        while (!reader.IsOver)
        {
            var type = reader.Number();
            var content = reader.Take(reader.Number());
            if (type == 0)
                return HostName(content);
        }
        return null;
    }

    // RFC 6066 §3: a list of names, of which there is but one kind.
    private static string? HostName(ReadOnlySpan<byte> names)
    {
        var reader = new Reader(names);
        reader.Skip(2 + 1); // length of the list, name type
        var name = reader.Take(reader.Number());
        return name.IsEmpty ? null : Encoding.Latin1.GetString(name).ToLowerInvariant();
    }

    private static int Wanted(ReadOnlySpan<byte> record) =>
        record.Length < RecordHeader ? RecordHeader
        : record[0] != HandshakeRecord ? 0
        : Math.Min(RecordHeader + BinaryPrimitives.ReadUInt16BigEndian(record[3..]), RecordHeader + MaxBytes);

    // Past the end all is zero and empty: what is cut off holds no name.
    private ref struct Reader(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public readonly bool IsOver => _rest.IsEmpty;

        public void Skip(int count) => Take(count);

        public int Byte() => Take(1) is [var one] ? one : 0;

        public int Number() => Take(2) is [var high, var low] ? high << 8 | low : 0;

        public ReadOnlySpan<byte> Take(int count)
        {
            var taken = _rest[..Math.Min(count, _rest.Length)];
            _rest = _rest[taken.Length..];
            return taken.Length == count ? taken : [];
        }
    }
}
