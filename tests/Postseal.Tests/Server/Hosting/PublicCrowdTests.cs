using System.Net;
using System.Net.Sockets;
using System.Text;
using Postseal.Server.Hosting;
using Xunit;

namespace Postseal.Tests.Server.Hosting;

/// <summary>One client does not hold the connections of all.</summary>
public sealed class PublicCrowdTests
{
    private const int TooMany = PublicLimits.ConnectionsOfClient + 50;

    private static readonly IPAddress Greedy = IPAddress.Parse("127.0.0.2");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")] // says nothing
    [InlineData("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n")] // kept alive
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ")] // slow headers
    public async Task Idle_connections_of_a_client_make_room_for_its_next_ones_and_no_more_are_held(string said)
    {
        await using var bench = await SiteBench.StartAsync(c => c, TimeProvider.System, Ct);
        var open = new List<Socket>();
        try
        {
            for (var i = 0; i < TooMany; i++)
            {
                open.Add(await ConnectAsync(bench, Greedy, said, Ct));
                if (said.EndsWith("\r\n\r\n", StringComparison.Ordinal))
                    await FirstLineAsync(open[i], Ct); // answered: what is busy does not make room
            }

            // Which ones is CrowdTests' affair: those that come at the same time may be seen in any order.
            var reading = open.Select(s => EndsAsync(s, Ct)).ToList();
            for (var i = 0; i < TooMany - PublicLimits.ConnectionsOfClient; i++)
            {
                var ended = await Task.WhenAny(reading);
                reading.Remove(ended);
                Assert.True(await ended);
            }

            Assert.All(reading, r => Assert.False(r.IsCompleted));
            using var other = await bench.Public.GetAsync("/", Ct); // from 127.0.0.1
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        }
        finally
        {
            open.ForEach(s => s.Dispose());
        }
    }

    [Theory]
    [InlineData("GET /test/endless HTTP/1.1\r\nHost: a\r\n\r\n")] // reads what never ends
    [InlineData("POST /test/body HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nslow")]
    public async Task Requests_that_take_long_count_and_are_not_ended_for_the_next_one_which_is_turned_away(string said)
    {
        await using var bench = await SiteBench.StartAsync(c => c, TimeProvider.System, Ct);
        var open = new List<Socket>();
        try
        {
            for (var i = 0; i < PublicLimits.ConnectionsOfClient; i++)
                open.Add(await ConnectAsync(bench, Greedy, said, Ct));

            Socket next;
            do // until the last of them is being answered
            {
                next = await ConnectAsync(bench, Greedy, "", Ct);
                open.Add(next);
            } while (!await EndsAsync(next, Ct));
            using var other = await bench.Public.GetAsync("/", Ct);
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        }
        finally
        {
            open.ForEach(s => s.Dispose());
        }
    }

    [Fact]
    public async Task A_proxy_of_ours_has_as_many_as_it_needs_and_its_requests_count_for_whom_they_are()
    {
        await using var bench = await SiteBench.StartAsync(
            c => c with { Web = c.Web with { TrustedProxies = [IPNetwork.Parse("127.0.0.2/32")] } },
            TimeProvider.System,
            Ct
        );
        var open = new List<Socket>();
        try
        {
            const string endless = "GET /test/endless HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n";
            for (var i = 0; i < TooMany; i++)
                open.Add(await ConnectAsync(bench, Greedy, endless, Ct));

            var answers = new List<string>();
            foreach (var socket in open)
                answers.Add(await FirstLineAsync(socket, Ct));
            Assert.Equal(ClientBudget.RequestsAtATime, answers.Count(a => a.Contains(" 200 ", StringComparison.Ordinal)));
            Assert.Equal(
                TooMany - ClientBudget.RequestsAtATime,
                answers.Count(a => a.Contains(" 429 ", StringComparison.Ordinal))
            );
            using var other = await ConnectAsync(
                bench,
                Greedy,
                "GET /nothing HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.114.9\r\n\r\n",
                Ct
            );
            Assert.Contains(" 404 ", await FirstLineAsync(other, Ct), StringComparison.Ordinal);
        }
        finally
        {
            open.ForEach(s => s.Dispose());
        }
    }

    private static async Task<Socket> ConnectAsync(SiteBench bench, IPAddress from, string said, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(from, 0));
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, bench.Public.Address.Port, ct);
            if (said.Length > 0)
                await socket.SendAsync(Encoding.ASCII.GetBytes(said), SocketFlags.None, ct);
        }
        catch (SocketException)
        {
            // It was turned away already.
        }

        return socket;
    }

    private static async Task<string> FirstLineAsync(Socket socket, CancellationToken ct)
    {
        var buffer = new byte[64];
        var length = await socket.ReceiveAsync(buffer, SocketFlags.None, ct).AsTask().WaitAsync(TimeSpan.FromSeconds(30), ct);
        return Encoding.ASCII.GetString(buffer, 0, length).Split('\r')[0];
    }

    // Reads what there is; true when the other side ends it.
    private static async Task<bool> EndsAsync(Socket socket, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, SocketFlags.None, patience.Token) > 0) { }
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return true; // closed hard, or the test is over
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
