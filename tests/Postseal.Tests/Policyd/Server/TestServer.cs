using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Postseal.Cli.Policyd.Server;
using Postseal.Protocol.Socketmap;
using Postseal.Tests.Fakes;

namespace Postseal.Tests.Policyd.Server;

/// <summary>A socketmap server on loopback whose clock the test moves. It answers <c>OK </c> and the request; a request that contains <c>cold</c> needs a
/// look-up, one with <c>gate</c> a look-up that waits for the test, one with <c>bug</c> or <c>coldbug</c> meets one.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly string? _folder;

    public TestServer(string carrier, SocketmapLimits? limits = null)
    {
        var parts = carrier.Split(' ');
        var kind = Enum.Parse<TransportKind>(parts[0]);
        _folder = parts[1] == "unix" ? Directory.CreateTempSubdirectory("socketmap").FullName : null;
        ListenAddress address = _folder is null
            ? new ListenAddress.Inet(new(IPAddress.Loopback, 0))
            : new ListenAddress.Unix(Path.Combine(_folder, "s"), ListenAddress.DefaultMode, null, null);
        Server = SocketmapServer.Start([address], limits ?? new(), new(Warm, ColdAsync), Clock, Log, kind);
    }

    public FakeTimeProvider Clock { get; } = new(TestCa.Now);

    public ListLogger Log { get; } = new();

    public SocketmapServer Server { get; }

    /// <summary>Completes when a look-up that waits for <see cref="Gate"/> has begun.</summary>
    public TaskCompletionSource AtGate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static byte[] Request(string text) => Netstring.Frame(Encoding.UTF8.GetBytes(text));

    public static byte[] Reply(string request) => Netstring.Frame(Encoding.UTF8.GetBytes($"OK {request}"));

    public static byte[] Requests(params string[] texts) => [.. texts.SelectMany(Request)];

    public static byte[] Replies(params string[] requests) => [.. requests.SelectMany(Reply)];

    public async Task<TestClient> ConnectAsync(CancellationToken ct)
    {
        var endPoint = Server.EndPoints[0];
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(endPoint, ct);
        return new(socket);
    }

    public async ValueTask DisposeAsync()
    {
        Gate.TrySetResult();
        await Server.DisposeAsync();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }

    private static bool Warm(ReadOnlySpan<byte> request, out ReadOnlyMemory<byte> reply)
    {
        var text = Encoding.UTF8.GetString(request);
        reply = Reply(text);
        if (text.StartsWith("bug", StringComparison.Ordinal))
            throw new InvalidOperationException("a bug in a warm answer");

        return !text.Contains("cold", StringComparison.Ordinal) && !text.Contains("gate", StringComparison.Ordinal);
    }

    private async Task<ReadOnlyMemory<byte>> ColdAsync(ReadOnlyMemory<byte> request, CancellationToken ct)
    {
        var text = Encoding.UTF8.GetString(request.Span);
        if (text.StartsWith("coldbug", StringComparison.Ordinal))
            throw new InvalidOperationException("a bug in a cold answer");

        if (text.Contains("gate", StringComparison.Ordinal))
        {
            AtGate.TrySetResult();
            await Gate.Task.WaitAsync(ct);
        }

        return Reply(text);
    }
}

/// <summary>Keeps what is logged.</summary>
internal sealed class ListLogger : ILogger
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel level,
        EventId id,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> format
    )
    {
        lock (_lock)
            _lines.Add($"{level}: {format(state, exception)} {exception?.Message}".Trim());
    }
}
