using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postseal.Tests.Resolver.Dns;

/// <summary>A DNS server on loopback, UDP and TCP on one port, whose every byte is the test's.</summary>
internal sealed class WireDnsServer : IAsyncDisposable
{
    private readonly Func<WireQuery, byte[]?> _answer;
    private readonly UdpClient _udp;
    private readonly TcpListener _tcp;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="answer">Makes the answer to a query; null keeps silent.</param>
    public WireDnsServer(Func<WireQuery, byte[]?> answer)
    {
        _answer = answer;
        (_tcp, _udp) = Open();
        EndPoint = (IPEndPoint)_tcp.LocalEndpoint;
        _running = Task.WhenAll(UdpAsync(_stop.Token), TcpAsync(_stop.Token));
    }

    public IPEndPoint EndPoint { get; }

    public ConcurrentQueue<WireQuery> Queries { get; } = new();

    /// <summary>Has one to take for each query.</summary>
    public SemaphoreSlim Asked { get; } = new(0);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // It was told to stop.
        }

        _udp.Dispose();
        _tcp.Dispose();
        _stop.Dispose();
        Asked.Dispose();
    }

    // A port that is free for TCP may be taken for UDP: then another.
    private static (TcpListener Tcp, UdpClient Udp) Open()
    {
        while (true)
        {
            var tcp = new TcpListener(IPAddress.Loopback, 0);
            tcp.Start();
            try
            {
                return (tcp, new UdpClient((IPEndPoint)tcp.LocalEndpoint));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                tcp.Dispose();
            }
        }
    }

    private async Task UdpAsync(CancellationToken ct)
    {
        while (true)
        {
            var query = await _udp.ReceiveAsync(ct);
            if (Answer(query.Buffer, isTcp: false) is { } answer)
                await _udp.SendAsync(answer, query.RemoteEndPoint, ct);
        }
    }

    private async Task TcpAsync(CancellationToken ct)
    {
        while (true)
        {
            using var client = await _tcp.AcceptTcpClientAsync(ct);
            try
            {
                await AnswerTcpAsync(client.GetStream(), ct);
            }
            catch (IOException)
            {
                // The client left.
            }
        }
    }

    private async Task AnswerTcpAsync(NetworkStream stream, CancellationToken ct)
    {
        var length = new byte[2];
        await stream.ReadExactlyAsync(length, ct);
        var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(query, ct);
        if (Answer(query, isTcp: true) is not { } answer)
        {
            await stream.CopyToAsync(Stream.Null, ct); // until the client leaves
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
        await stream.WriteAsync((byte[])[.. length, .. answer], ct);
    }

    private byte[]? Answer(byte[] bytes, bool isTcp)
    {
        var query = new WireQuery(bytes, isTcp);
        Queries.Enqueue(query);
        Asked.Release();
        return _answer(query);
    }
}

/// <summary>A query as it came, and the making of answers to it.</summary>
internal sealed class WireQuery
{
    private readonly byte[] _bytes;
    private readonly int _questionEnd;

    public WireQuery(byte[] bytes, bool isTcp)
    {
        (_bytes, IsTcp) = (bytes, isTcp);
        var labels = new List<string>();
        var at = 12;
        for (; bytes[at] != 0; at += bytes[at] + 1)
            labels.Add(Encoding.ASCII.GetString(bytes, at + 1, bytes[at]));
        Name = string.Join('.', labels);
        Type = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at + 1));
        _questionEnd = at + 5;
    }

    public string Name { get; }

    public ushort Type { get; }

    public bool IsTcp { get; }

    /// <summary>The UDP size of the query's OPT record, which follows the question at once.</summary>
    public int EdnsSize => BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(_questionEnd + 3));

    /// <summary>The DO bit of the query's OPT record.</summary>
    public bool WantsDnssec => (_bytes[_questionEnd + 7] & 0x80) != 0;

    /// <summary>The query itself, unanswered.</summary>
    public byte[] Echo => _bytes;

    public byte[] Reply(
        byte[][]? answers = null,
        byte[][]? authority = null,
        byte[][]? additional = null,
        int rcode = 0,
        bool ad = false,
        bool truncated = false,
        string? question = null,
        int? id = null
    )
    {
        var flags = 0x8180 | rcode | (ad ? 0x20 : 0) | (truncated ? 0x200 : 0);
        return
        [
            .. id is null ? _bytes[..2] : Wire.U16(id.Value),
            .. Wire.U16(flags),
            .. Wire.U16(1),
            .. Wire.U16(answers?.Length ?? 0),
            .. Wire.U16(authority?.Length ?? 0),
            .. Wire.U16(additional?.Length ?? 0),
            .. question is null ? _bytes[12.._questionEnd] : [.. Wire.Name(question), .. Wire.U16(Type), .. Wire.U16(1)],
            .. answers?.SelectMany(r => r) ?? [],
            .. authority?.SelectMany(r => r) ?? [],
            .. additional?.SelectMany(r => r) ?? [],
        ];
    }
}

/// <summary>Resource records as bytes.</summary>
internal static class Wire
{
    public static byte[] Record(string owner, ushort type, byte[] data, int ttl = 300, ushort @class = 1) =>
        [.. Name(owner), .. U16(type), .. U16(@class), .. U16(ttl >> 16), .. U16(ttl & 0xFFFF), .. U16(data.Length), .. data];

    public static byte[] A(string owner, string address = "192.0.2.1", int ttl = 300) =>
        Record(owner, 1, IPAddress.Parse(address).GetAddressBytes(), ttl);

    public static byte[] Cname(string owner, string target, int ttl = 300) => Record(owner, 5, Name(target), ttl);

    public static byte[] Mx(string owner, int preference, string exchange) =>
        Record(owner, 15, [.. U16(preference), .. Name(exchange)]);

    public static byte[] Txt(string owner, params byte[][] strings) =>
        Record(owner, 16, [.. strings.SelectMany(s => (byte[])[(byte)s.Length, .. s])]);

    public static byte[] Soa(string owner) =>
        Record(owner, 6, [.. Name("ns." + owner), .. Name("root." + owner), .. new byte[20]]);

    public static byte[] Ns(string owner) => Record(owner, 2, Name("ns." + owner));

    /// <summary>An OPT record with one extended DNS error (RFC 8914), or with a higher part of the response code.</summary>
    public static byte[] Opt(int? extendedError = null, string text = "", int extendedCode = 0)
    {
        byte[] option = extendedError is { } code
            ? [.. U16(15), .. U16(2 + text.Length), .. U16(code), .. Encoding.UTF8.GetBytes(text)]
            : [];
        return [0, .. U16(41), .. U16(1232), (byte)extendedCode, 0, 0, 0, .. U16(option.Length), .. option];
    }

    public static byte[] Name(string name) =>
        name is "" or "."
            ? [0]
            : [.. name.Split('.').SelectMany(l => (byte[])[(byte)l.Length, .. Encoding.Latin1.GetBytes(l)]), 0];

    public static byte[] U16(int value) => [(byte)(value >> 8), (byte)(value & 0xFF)];
}
