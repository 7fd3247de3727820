using System.Buffers;
using System.Globalization;
using System.Text;
using Postseal.Lab.Connections;
using Postseal.Lab.Smtp;
using Postseal.Lab.Watching;

namespace Postseal.Lab.Https;

/// <summary>Reads the body of a request, by Content-Length or in chunks (RFC 9112 §6, §7.1), counts it and drops all but its beginning.</summary>
/// <param name="begun">What has been read of it already.</param>
internal sealed class RequestBody(Stream stream, Patience patience, ReadOnlyMemory<byte> begun)
{
    /// <summary>Longest body taken: as long as a report by mail may be. Those of large senders about large domains have some hundred kilobytes.</summary>
    public const long MaxLength = Envelope.MaxMessage;

    /// <summary>The status of a body that came whole (RFC 8460 §5.4).</summary>
    public const int Complete = 201;

    private const int Malformed = 400;
    private const int LengthRequired = 411;
    private const int TooLong = 413;
    private const int NotImplemented = 501;
    private const long MaxSkipped = 4 * MaxLength; // so far one too long is read, that its sender hears the answer
    private const int MaxLine = 1024; // of a chunk's size and extensions that mean nothing
    private const int ReadAhead = 4096;

    private readonly byte[] _buffer = new byte[ReadAhead];
    private readonly ArrayBufferWriter<byte> _kept = new();
    private ReadOnlyMemory<byte> _held = begun;

    /// <summary>Its first <see cref="ReportReading.MaxBytes"/>, without what frames it; all, if it is not longer.</summary>
    public ReadOnlyMemory<byte> Begin => _kept.WrittenMemory;

    /// <summary>The values of a header.</summary>
    /// <param name="request">Request line and headers.</param>
    public static IEnumerable<string> Header(string[] request, string name) =>
        request
            .Skip(1)
            .Where(h => h.Length > name.Length && h[name.Length] == ':' && h.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            .Select(h => h[(name.Length + 1)..].Trim());

    /// <summary>Whether the client sends the body only when it is told to (RFC 9110 §10.1.1).</summary>
    public static bool Waits(string[] request) => Header(request, "Expect").Any();

    /// <summary>What came; null when the client left before the end.</summary>
    /// <param name="request">Request line and headers.</param>
    public async Task<ReceivedBody?> ReceiveAsync(string[] request, CancellationToken ct)
    {
        if (Fault(request) is { } fault)
            return new(fault, 0);
        if (Waits(request))
            await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), ct);
        if (LengthOf(request) is not { } length)
            return await ChunksAsync(ct);

        return await SkipAsync(Math.Min(length, MaxSkipped), ct) ? Counted(length) : null;
    }

    private static int? Fault(string[] request)
    {
        var lengths = Header(request, "Content-Length").ToArray();
        var codings = Header(request, "Transfer-Encoding").ToArray();
        return (lengths, codings) switch
        {
            ([], []) => LengthRequired,
            ([], [var coding]) => coding.Equals("chunked", StringComparison.OrdinalIgnoreCase) ? null : NotImplemented,
            ([_], []) when LengthOf(request) is not > 0 => Malformed,
            ([_], []) => LengthOf(request) > MaxLength && Waits(request) ? TooLong : null,
            _ => Malformed, // RFC 9112 §6.1, §6.3: two lengths, two readings
        };
    }

    private static long? LengthOf(string[] request) =>
        long.TryParse(
            Header(request, "Content-Length").FirstOrDefault(),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var n
        )
            ? n
            : null;

    private static ReceivedBody Counted(long length) =>
        length switch
        {
            0 => new(Malformed, 0),
            > MaxLength => new(TooLong, length),
            _ => new(Complete, length),
        };

    private async Task<ReceivedBody?> ChunksAsync(CancellationToken ct)
    {
        for (var length = 0L; length <= MaxSkipped; )
        {
            if (await LineAsync(ct) is not { } line)
                return null;
            if (!TryReadSize(line, out var size))
                return new(Malformed, 0);
            if (size == 0)
                return Counted(length); // the connection ends, so trailers need not be read

            length += size;
            if (!await SkipAsync(Math.Min(size, MaxSkipped), ct) || await LineAsync(ct) is not { } end)
                return null;
            if (end.Length > 0)
                return new(Malformed, 0);
        }
        return new(TooLong, MaxSkipped);
    }

    private static bool TryReadSize(string line, out int size) =>
        int.TryParse(line.Split(';')[0].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out size)
        && size >= 0;

    private async Task<string?> LineAsync(CancellationToken ct)
    {
        var line = new StringBuilder();
        while (line.Length < MaxLine && (!_held.IsEmpty || await FillAsync(ct)))
        {
            var octet = _held.Span[0];
            _held = _held[1..];
            if (octet == '\n')
                return line.ToString().TrimEnd('\r');

            line.Append((char)octet);
        }
        return null;
    }

    private async Task<bool> SkipAsync(long count, CancellationToken ct)
    {
        while (count > 0)
        {
            if (_held.IsEmpty && !await FillAsync(ct))
                return false;

            var part = (int)Math.Min(count, _held.Length);
            _kept.Write(_held.Span[..(int)Math.Min(part, ReportReading.MaxBytes - _kept.WrittenCount)]);
            _held = _held[part..];
            count -= part;
        }
        return true;
    }

    private async Task<bool> FillAsync(CancellationToken ct)
    {
        patience.Renew();
        _held = _buffer.AsMemory(0, await stream.ReadAsync(_buffer, ct));
        return !_held.IsEmpty;
    }
}

/// <summary>What became of a body.</summary>
/// <param name="Status">The status to answer.</param>
/// <param name="Length">Without what frames it.</param>
internal sealed record ReceivedBody(int Status, long Length)
{
    /// <summary>What it reports about; null where that is not known.</summary>
    public ReportSubject? About { get; init; }
}
