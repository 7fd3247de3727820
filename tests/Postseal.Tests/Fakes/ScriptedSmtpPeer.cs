using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Postseal.Tests.Fakes;

/// <summary>In which pieces a <see cref="ScriptedSmtpPeer"/> sends what it has to say.</summary>
public enum Chunks
{
    /// <summary>Lines that follow each other go out in one piece.</summary>
    Whole,

    /// <summary>One piece per line.</summary>
    Lines,

    /// <summary>One piece per octet.</summary>
    Octets,
}

/// <summary>
/// A mail server on loopback that says what its script says, one script per connection, the last one again and again, never two at once. One step
/// per line:
/// <code>
/// S: 220 hello      says a line
/// X: 15 03 01       says raw octets
/// C: EHLO *         waits for a line; * stands for any rest
/// TLS good          does a handshake with the named certificate; "good/other" presents the second without SNI, "good/REFUSE" refuses without
/// TLS12 good        the same in version 1.2 only
/// HELLO             waits for one TLS record without answering
/// PAUSE 4           lets so many seconds pass
/// HANG              says nothing more until the client leaves
/// DRIP 220-x        says the line and then x for ever, one octet per second
/// FLOOD 220-x       says the line again and again
/// CLOSE             closes; so does the end of the script
/// </code>
/// </summary>
public sealed class ScriptedSmtpPeer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<string> _heard = new();
    private readonly ConcurrentQueue<string> _mismatches = new();
    private readonly SemaphoreSlim _waiting = new(0);
    private readonly string[] _scripts;
    private readonly Task _serving;

    public ScriptedSmtpPeer(IPEndPoint at, params string[] scripts)
    {
        (_scripts, _listener) = (scripts, new TcpListener(at));
        _listener.Start();
        _serving = ServeAsync(_end.Token);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public Chunks Chunks { get; init; } = Chunks.Whole;

    /// <summary>What <c>TLS</c> steps present, by name.</summary>
    public IReadOnlyDictionary<string, SslStreamCertificateContext> Certificates { get; init; } =
        new Dictionary<string, SslStreamCertificateContext>();

    /// <summary>Times <c>PAUSE</c> and <c>DRIP</c>.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Commands heard, and <c>SNI name</c> for every handshake.</summary>
    public IReadOnlyCollection<string> Heard => _heard;

    /// <summary>Where the client did not do what the script expects.</summary>
    public IReadOnlyCollection<string> Mismatches => _mismatches;

    /// <summary>Connections accepted.</summary>
    public int Connections { get; private set; }

    /// <summary>Returns each time a script comes to <c>HANG</c>, and at the beginning of each pause.</summary>
    public Task WaitingAsync(CancellationToken ct) => _waiting.WaitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _listener.Dispose();
        _end.Dispose();
        _waiting.Dispose();
    }

    /// <summary>One connection after the other: the next is not served before the client has left the one before.</summary>
    private async Task ServeAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                using var socket = await _listener.AcceptSocketAsync(ct);
                socket.NoDelay = true;
                await PlayAsync(socket, _scripts[Math.Min(Connections++, _scripts.Length - 1)], ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The test is over.
        }
    }

    private async Task PlayAsync(Socket socket, string script, CancellationToken ct)
    {
        await using var wire = new NetworkStream(socket);
        var session = new Session(this, wire);
        try
        {
            foreach (var step in Steps(script))
                await session.DoAsync(step, ct);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // The client has left, or the script ends here: what the client made of it is what the test looks at.
        }
        catch (InvalidOperationException e)
        {
            _mismatches.Enqueue(e.Message);
        }
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            while (await wire.ReadAsync(new byte[1024], ct) > 0) { }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // Gone already.
        }
    }

    /// <summary>The steps; under <see cref="Chunks.Whole"/> things said one after the other are one step.</summary>
    private IEnumerable<(string Verb, byte[] Said, string Text)> Steps(string script)
    {
        var said = new List<byte>();
        foreach (var line in script.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var (verb, text) = line.IndexOf(' ') is var blank and > 0 ? (line[..blank], line[(blank + 1)..]) : (line, "");
            byte[] octets =
                verb == "S:" ? Encoding.Latin1.GetBytes(text + "\r\n")
                : verb == "X:" ? Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal))
                : [];
            said.AddRange(octets);
            if (octets.Length > 0 && Chunks == Chunks.Whole)
                continue;

            if (said.Count > 0)
                yield return ("SAY", [.. said], "");

            said.Clear();
            if (octets.Length == 0)
                yield return (verb, [], text);
        }
        yield return ("SAY", [.. said], "");
    }

    private sealed class Session(ScriptedSmtpPeer peer, Stream wire)
    {
        private Stream _stream = wire;

        public Task DoAsync((string Verb, byte[] Said, string Text) step, CancellationToken ct) =>
            step.Verb switch
            {
                "SAY" => SayAsync(step.Said, ct),
                "C:" => ExpectAsync(step.Text, ct),
                "TLS" => SecureAsync(step.Text, SslProtocols.Tls12 | SslProtocols.Tls13, ct),
                "TLS12" => SecureAsync(step.Text, SslProtocols.Tls12, ct),
                "HELLO" => TakeRecordAsync(ct),
                "PAUSE" => PauseAsync(int.Parse(step.Text, CultureInfo.InvariantCulture), ct),
                "HANG" => HangAsync(ct),
                "DRIP" => DripAsync(step.Text, ct),
                "FLOOD" => FloodAsync(step.Text, ct),
                "CLOSE" => throw new IOException("as scripted"),
                _ => throw new InvalidOperationException($"No such step: {step.Verb}"),
            };

        private async Task SayAsync(byte[] said, CancellationToken ct)
        {
            foreach (var piece in peer.Chunks == Chunks.Octets ? said.Chunk(1) : [said])
                await _stream.WriteAsync(piece, ct);
        }

        private async Task ExpectAsync(string pattern, CancellationToken ct)
        {
            var line = new StringBuilder();
            var octet = new byte[1];
            while (line is not [.., '\n'])
            {
                await _stream.ReadExactlyAsync(octet, ct);
                line.Append((char)octet[0]);
            }
            var heard = line.ToString().TrimEnd('\r', '\n');
            peer._heard.Enqueue(heard);
            var fits = pattern is [.. var start, '*'] ? heard.StartsWith(start, StringComparison.Ordinal) : heard == pattern;
            if (!fits)
                throw new InvalidOperationException($"Expected '{pattern}', heard '{heard}'");
        }

        private async Task SecureAsync(string names, SslProtocols versions, CancellationToken ct)
        {
            var choice = names.Split('/');
            var tls = new SslStream(_stream, leaveInnerStreamOpen: true);
            _stream = tls;
            await tls.AuthenticateAsServerAsync(
                (_, hello, _, _) => ValueTask.FromResult(Options(choice, hello.ServerName, versions)),
                null,
                ct
            );
        }

        private SslServerAuthenticationOptions Options(string[] choice, string sni, SslProtocols versions)
        {
            peer._heard.Enqueue($"SNI {sni}");
            var name = sni.Length == 0 ? choice[^1] : choice[0];
            return name == "REFUSE"
                ? throw new AuthenticationException("as scripted")
                : new() { ServerCertificateContext = peer.Certificates[name], EnabledSslProtocols = versions };
        }

        private async Task TakeRecordAsync(CancellationToken ct)
        {
            var header = new byte[5];
            await _stream.ReadExactlyAsync(header, ct);
            await _stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(3))], ct);
        }

        private async Task HangAsync(CancellationToken ct)
        {
            peer._waiting.Release();
            while (await _stream.ReadAsync(new byte[1024], ct) > 0) { }
        }

        private async Task PauseAsync(int seconds, CancellationToken ct)
        {
            var pause = Task.Delay(TimeSpan.FromSeconds(seconds), peer.Clock, ct);
            peer._waiting.Release();
            await pause;
        }

        private async Task DripAsync(string text, CancellationToken ct)
        {
            foreach (var c in text.Concat(Enumerable.Repeat('x', int.MaxValue)))
            {
                await _stream.WriteAsync(new[] { (byte)c }, ct);
                await PauseAsync(1, ct);
            }
        }

        private async Task FloodAsync(string line, CancellationToken ct)
        {
            while (true)
                await _stream.WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n"), ct);
        }
    }
}
