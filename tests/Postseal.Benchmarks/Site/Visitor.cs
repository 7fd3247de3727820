using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postseal.Benchmarks.Site;

/// <summary>What came back.</summary>
/// <param name="Status">The HTTP status; 0 for no answer.</param>
/// <param name="HasRetryAfter">Whether it says when to come again.</param>
/// <param name="Bytes">Head and body.</param>
/// <param name="Time">From when it was due to its last byte.</param>
/// <param name="Failure">Why there is no answer.</param>
internal readonly record struct Answer(int Status, bool HasRetryAfter, int Bytes, TimeSpan Time, string? Failure);

/// <summary>One client on one kept connection, with a source address of its own so that it has a budget of its own. It parses no more of HTTP than
/// it takes to see where an answer ends: whatever it spends, it takes from the server on the same cores.</summary>
internal sealed class Visitor(IPEndPoint site, IPAddress from) : IDisposable
{
    private static readonly byte[] LastChunk = "\r\n0\r\n\r\n"u8.ToArray();
    private byte[] _buffer = new byte[16 * 1024];
    private Socket? _socket;

    /// <summary>One of 4 million addresses of this machine, always the same for a number.</summary>
    public static IPAddress Address(int number) =>
        new([127, (byte)(1 + (number / 25600 % 250)), (byte)(number / 100 % 256), (byte)(128 + (number % 100))]);

    /// <summary>The last answer as text.</summary>
    public string Text(int bytes) => Encoding.UTF8.GetString(_buffer, 0, bytes);

    /// <summary>Asks for one page.</summary>
    public Task<Answer> GetAsync(string path, CancellationToken ct) => GetAsync(path, TimeProvider.System.GetTimestamp(), ct);

    /// <summary>The same; its time counts from when it was due.</summary>
    public async Task<Answer> GetAsync(string path, long due, CancellationToken ct)
    {
        try
        {
            if (_socket is null)
                await ConnectAsync(ct);

            await _socket!.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n"), ct);
            return await ReceiveAsync(due, ct);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            Dispose();
            return new(0, false, 0, TimeProvider.System.GetElapsedTime(due), e.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private async Task ConnectAsync(CancellationToken ct)
    {
        _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Bind(new IPEndPoint(from, 0));
        await _socket.ConnectAsync(site, ct);
    }

    private async Task<Answer> ReceiveAsync(long due, CancellationToken ct)
    {
        var (length, end) = (0, -1);
        string? head = null;
        while (end != length)
        {
            if (length == _buffer.Length)
                Array.Resize(ref _buffer, 2 * length);

            var read = await _socket!.ReceiveAsync(_buffer.AsMemory(length), ct);
            length += read > 0 ? read : throw new IOException($"the connection ended after {length} bytes");
            if (head is null && _buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) is > 0 and var bodyAt)
            {
                head = Encoding.ASCII.GetString(_buffer, 0, bodyAt + 2);
                end = Header(head, "Content-Length") is { } size
                    ? bodyAt + 4 + int.Parse(size, CultureInfo.InvariantCulture)
                    : -1;
            }

            if (head is not null && end < 0 && _buffer.AsSpan(0, length).EndsWith(LastChunk))
                end = length;
        }

        if (Header(head!, "Connection") == "close")
            Dispose();

        var status = int.Parse(head!.AsSpan(9, 3), CultureInfo.InvariantCulture);
        return new(status, Header(head!, "Retry-After") is not null, length, TimeProvider.System.GetElapsedTime(due), null);
    }

    private static string? Header(string head, string name)
    {
        var at = head.IndexOf($"\r\n{name}: ", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return null;

        at += name.Length + 4;
        return head[at..head.IndexOf("\r\n", at, StringComparison.Ordinal)];
    }
}
