using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Postseal.Outbound;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Outbound;

/// <summary>The one outbound connection: where it may go, how long it waits, how much it takes.</summary>
public sealed class OutboundConnectionTests : IDisposable
{
    private static readonly DomainName Host = DomainName.Parse("mx.example.com");
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly TestCa _root = TestCa.Root();
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);

    public OutboundConnectionTests() => _server.Start();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static CheckedAddress Loopback => CheckedAddress.Of(IPAddress.Loopback, allowPrivate: true)!;

    private int Port => ((IPEndPoint)_server.LocalEndpoint).Port;

    public void Dispose()
    {
        _server.Dispose();
        _root.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("::ffff:127.0.0.1")]
    public void An_address_that_is_not_public_is_no_address_to_connect_to(string address)
    {
        Assert.Null(CheckedAddress.Of(IPAddress.Parse(address), allowPrivate: false));
        Assert.NotNull(CheckedAddress.Of(IPAddress.Parse(address), allowPrivate: true));
    }

    [Fact]
    public async Task A_job_opens_as_many_connections_as_it_may()
    {
        var budget = new OutboundBudget(connections: 2, bytes: 1000);
        await using var one = await OpenAsync(budget);
        await using var two = await OpenAsync(budget);

        await Assert.ThrowsAsync<OverBudgetException>(() => OpenAsync(budget));
        Assert.Equal(2, budget.Connections);
    }

    [Fact]
    public async Task A_job_receives_as_many_bytes_as_it_may_over_all_its_connections()
    {
        var budget = new OutboundBudget(connections: 2, bytes: 1000);
        await using var one = await OpenAsync(budget);
        using var first = await SayAsync(600);
        await using var two = await OpenAsync(budget);
        using var second = await SayAsync(600);

        await one.Stream.ReadExactlyAsync(new byte[600], Ct);
        await Assert.ThrowsAsync<OverBudgetException>(async () => await two.Stream.ReadExactlyAsync(new byte[600], Ct));
    }

    [Fact]
    public async Task A_peer_says_as_much_on_one_connection_as_it_may()
    {
        var budget = new OutboundBudget(connections: 1, bytes: long.MaxValue);
        await using var connection = await OpenAsync(budget);
        using var peer = await _server.AcceptTcpClientAsync(Ct);
        var saying = SayWithoutEndAsync(peer);

        await Assert.ThrowsAsync<TooMuchReceivedException>(async () =>
        {
            while (true)
                await connection.Stream.ReadExactlyAsync(new byte[1000], Ct);
        });
        Assert.InRange(budget.Bytes, OutboundConnection.MaxReceived, OutboundConnection.MaxReceived + 1000);
        await connection.DisposeAsync();
        await saying;
    }

    [Fact]
    public async Task A_handshake_that_is_larger_than_any_needs_is_given_up()
    {
        // Three thousand names: 66 KB of certificate, which the TLS library alone would take.
        using var large = _root.Issue(Cert.For([.. Enumerable.Range(0, 3000).Select(i => $"name-{i:0000}.example.com")]));

        await Assert.ThrowsAsync<TooMuchReceivedException>(() => SecureAsync(large, _ => true));
    }

    [Fact]
    public async Task Who_does_not_accept_what_was_judged_ends_the_handshake()
    {
        using var good = _root.Issue(Cert.For(Host.Value));
        PresentedChain? seen = null;

        await Assert.ThrowsAsync<AuthenticationException>(() =>
            SecureAsync(
                good,
                chain =>
                {
                    seen = chain;
                    return false;
                }
            )
        );
        Assert.Equal(good.RawData, Assert.IsType<PresentedChain>(seen).Leaf.Der);
    }

    [Fact]
    public async Task A_server_that_says_nothing_has_the_limit_of_the_handshake()
    {
        var clock = new WatchedClock();
        await using var connection = await OutboundConnection.OpenAsync(Loopback, Port, Long, Plenty(), clock, Ct);
        var limit = TimeSpan.FromSeconds(7);

        var handshake = connection.SecureAsync(Handshake(_ => true), limit, Ct);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => clock.PassUntilAsync(limit, handshake));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task What_a_peer_makes_us_compute_is_done_on_threads_for_it_and_what_follows_is_not(SslProtocols version)
    {
        using var good = _root.Issue(Cert.For(Host.Value));
        Thread? judging = null;
        var serving = ServeAsync(good, version);
        await using var connection = await OpenAsync(Plenty());

        await connection.SecureAsync(Handshake(_ => (judging = Thread.CurrentThread) is not null), Long, Ct);

        Assert.StartsWith("handshakes ", judging?.Name, StringComparison.Ordinal);
        Assert.DoesNotContain("handshakes ", Thread.CurrentThread.Name ?? "", StringComparison.Ordinal);
        await serving;
    }

    [Fact]
    public async Task While_a_peer_waits_for_us_its_time_does_not_run()
    {
        using var good = _root.Issue(Cert.For(Host.Value));
        var clock = new WatchedClock();
        var limit = TimeSpan.FromSeconds(7);
        var serving = ServeAsync(good);
        await using var connection = await OutboundConnection.OpenAsync(Loopback, Port, Long, Plenty(), clock, Ct);
        var isJudged = false;

        await connection.SecureAsync(
            Handshake(_ =>
            {
                clock.Advance(limit * 2); // judging takes so long
                return isJudged = true;
            }),
            limit,
            Ct
        );

        Assert.True(isJudged);
        Assert.Equal(limit * 2, connection.OwnTime);
        await serving;
    }

    private static OutboundBudget Plenty() => new(10, long.MaxValue);

    private Task<OutboundConnection> OpenAsync(OutboundBudget budget) =>
        OutboundConnection.OpenAsync(Loopback, Port, Long, budget, TimeProvider.System, Ct);

    private ClientHandshake Handshake(Func<PresentedChain, bool> accept) =>
        new(Host, Host, new ChainVerifier(new(_root.Roots)), accept, TimeProvider.System);

    private async Task SecureAsync(X509Certificate2 presented, Func<PresentedChain, bool> accept)
    {
        var serving = ServeAsync(presented);
        try
        {
            await using var connection = await OpenAsync(Plenty());
            await connection.SecureAsync(Handshake(accept), Long, Ct);
        }
        finally
        {
            await serving;
        }
    }

    private async Task ServeAsync(X509Certificate2 presented, SslProtocols version = SslProtocols.None)
    {
        using var peer = await _server.AcceptTcpClientAsync(Ct);
        await using var tls = new SslStream(peer.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = presented, EnabledSslProtocols = version },
                Ct
            );
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // The client has gone; that is what the tests are about.
        }
    }

    private async Task<TcpClient> SayAsync(int bytes)
    {
        var peer = await _server.AcceptTcpClientAsync(Ct);
        await peer.GetStream().WriteAsync(new byte[bytes], Ct);
        return peer;
    }

    private static async Task SayWithoutEndAsync(TcpClient peer)
    {
        try
        {
            while (true)
                await peer.GetStream().WriteAsync(new byte[4096], Ct);
        }
        catch (IOException)
        {
            // The reader has gone.
        }
    }
}
