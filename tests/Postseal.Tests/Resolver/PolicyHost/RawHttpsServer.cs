using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Postseal.Tests.Resolver.PolicyHost;

/// <summary>A web server on loopback whose every byte is the test's. Without a certificate it never starts TLS.</summary>
internal sealed class RawHttpsServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<Stream, CancellationToken, Task> _serve;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="serve">Talks to one client, inside TLS if there is a certificate.</param>
    /// <param name="chain">Leaf with key, then what else is sent.</param>
    /// <param name="address">A loopback address; several servers may share a port on several of them.</param>
    public RawHttpsServer(
        Func<Stream, CancellationToken, Task> serve,
        X509Certificate2[]? chain = null,
        string address = "127.0.0.1",
        int port = 0,
        SslApplicationProtocol? alpn = null
    )
    {
        _serve = serve;
        if (chain is not null)
        {
            _tls = new()
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(chain[0], [.. chain[1..]], offline: true),
                ApplicationProtocols = alpn is { } protocol ? [protocol] : null,
            };
        }

        _listener = new(IPAddress.Parse(address), port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _running = AcceptAsync(_stop.Token);
    }

    public int Port { get; }

    /// <summary>The SNI name of each connection; empty for one without TLS.</summary>
    public ConcurrentQueue<string> Connections { get; } = new();

    /// <summary>A server that reads a request and writes these bytes.</summary>
    public static Func<Stream, CancellationToken, Task> Sends(string response) => Sends(Encoding.Latin1.GetBytes(response));

    /// <inheritdoc cref="Sends(string)"/>
    public static Func<Stream, CancellationToken, Task> Sends(byte[] response) =>
        async (stream, ct) =>
        {
            await ReadRequestAsync(stream, ct);
            await stream.WriteAsync(response, ct);
        };

    /// <summary>Reads to the empty line.</summary>
    public static async Task<string> ReadRequestAsync(Stream stream, CancellationToken ct)
    {
        var request = new StringBuilder();
        var one = new byte[1];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, ct) > 0)
            request.Append((char)one[0]);

        return request.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(CancellationToken ct)
    {
        var clients = new List<Task>();
        try
        {
            while (true)
                clients.Add(ServeAsync(await _listener.AcceptTcpClientAsync(ct), ct));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(clients);
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        using var _ = client;
        try
        {
            Stream stream = client.GetStream();
            if (_tls is not null)
            {
                var ssl = new SslStream(stream);
                await ssl.AuthenticateAsServerAsync(_tls, ct);
                Connections.Enqueue(ssl.TargetHostName);
                stream = ssl;
            }
            else
                Connections.Enqueue("");

            await using (stream)
            {
                await _serve(stream, ct);
                await LeaveAsync(client.Client, ct);
            }
        }
        catch (Exception e)
            when (e
                    is OperationCanceledException
                        or IOException
                        or SocketException
                        or System.Security.Authentication.AuthenticationException
            )
        {
            // The client left, or the test is over.
        }
    }

    // Closing with something unread resets the connection, and a reset takes back what the client has not read yet.
    private static async Task LeaveAsync(Socket socket, CancellationToken ct)
    {
        socket.Shutdown(SocketShutdown.Send);
        var rest = new byte[1024];
        while (await socket.ReceiveAsync(rest, ct) > 0)
            continue;
    }
}
