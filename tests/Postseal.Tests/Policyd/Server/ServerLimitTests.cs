using System.Net.Sockets;
using System.Text;
using Postseal.Protocol.Socketmap;
using Xunit;

namespace Postseal.Tests.Policyd.Server;

public sealed class ServerLimitTests : SocketmapServerTest
{
    private static readonly (string Input, string Reason)[] Malformed =
    [
        ("x", "the request does not begin with a length in digits"),
        (":abc,", "the request does not begin with a length in digits"),
        ("GET / HTTP/1.1\r\n\r\n", "the request does not begin with a length in digits"),
        ("03:abc,", "the length of the request has leading zeros"),
        ("10001", "the request is longer than 10000 bytes"),
        ("3:abcd", "the request does not end with a comma"),
    ];

    [Theory, MemberData(nameof(Carriers))]
    public async Task A_malformed_request_is_refused_behind_the_answers_and_ends_the_connection(string carrier)
    {
        await using var server = new TestServer(carrier);
        foreach (var (input, reason) in Malformed)
        {
            using var client = await server.ConnectAsync(Deadline);
            await client.SendAsync((byte[])[.. TestServer.Requests("a", "cold"), .. Encoding.ASCII.GetBytes(input)], Deadline);
            byte[] refusal = Netstring.Frame(Encoding.ASCII.GetBytes($"PERM {reason}"));
            await client.ExpectAsync([.. TestServer.Replies("a", "cold"), .. refusal], Deadline);
            client.Socket.Shutdown(SocketShutdown.Send);
            await client.ExpectEndAsync(Deadline);
        }

        Assert.Equal(Malformed.Length, server.Server.Counters.Malformed);
        Assert.Single(
            server.Log.Lines,
            l => l.StartsWith("Warning: A client sent no socketmap request", StringComparison.Ordinal)
        );
    }

    [Theory, MemberData(nameof(Carriers))]
    public async Task An_over_long_request_is_refused_at_once_and_the_refusal_arrives_though_the_client_goes_on(string carrier)
    {
        await using var server = new TestServer(carrier);
        using var client = await server.ConnectAsync(Deadline);
        await client.SendAsync("99999:"u8.ToArray(), Deadline);
        await client.SendAsync(new byte[99_999], Deadline);
        await client.ExpectAsync(Netstring.Frame("PERM the request is longer than 10000 bytes"u8), Deadline);
        var ended = client.ExpectEndAsync(Deadline);
        await MoveUntilAsync(server, TimeSpan.FromSeconds(2), ended);
        await UntilClosedAsync(server, 0, TimeSpan.FromSeconds(2));
    }

    [Theory, MemberData(nameof(Carriers))]
    public async Task A_request_begun_and_not_finished_ends_the_connection_though_more_of_it_drips_in(string carrier)
    {
        await using var server = new TestServer(carrier);
        using var client = await server.ConnectAsync(Deadline);
        using var other = await server.ConnectAsync(Deadline);
        await client.SendAsync((byte[])[.. TestServer.Request("whole"), .. "20:half"u8], Deadline);
        await client.ExpectAsync(TestServer.Reply("whole"), Deadline);
        await other.AskAsync("a", Deadline);
        await client.SendAsync("more"u8.ToArray(), Deadline);
        await MoveUntilAsync(server, TimeSpan.FromSeconds(10), client.ExpectEndAsync(Deadline));
        await other.AskAsync("still there", Deadline);
        Assert.Equal(1, server.Server.Counters.ConnectionsTimedOut);
    }

    [Theory, MemberData(nameof(Carriers))]
    public async Task An_idle_connection_is_closed_and_one_with_a_look_up_is_not(string carrier)
    {
        await using var server = new TestServer(carrier);
        using var idle = await server.ConnectAsync(Deadline);
        using var busy = await server.ConnectAsync(Deadline);
        await idle.AskAsync("a", Deadline);
        await busy.SendAsync(TestServer.Request("gate"), Deadline);
        await server.AtGate.Task.WaitAsync(Deadline);
        server.Clock.Advance(TimeSpan.FromMinutes(4));
        await idle.AskAsync("b", Deadline);
        server.Clock.Advance(TimeSpan.FromMinutes(4));
        await idle.AskAsync("the earlier question counted", Deadline);
        await MoveUntilAsync(server, TimeSpan.FromMinutes(5), idle.ExpectEndAsync(Deadline));
        server.Gate.SetResult();
        await busy.ExpectAsync(TestServer.Reply("gate"), Deadline);
    }

    [Theory, MemberData(nameof(Carriers))]
    public async Task At_the_limit_the_connection_idle_longest_makes_room(string carrier)
    {
        await using var server = new TestServer(carrier, new() { MaxConnections = 3 });
        using var busy = await server.ConnectAsync(Deadline);
        await busy.SendAsync(TestServer.Request("gate"), Deadline);
        await server.AtGate.Task.WaitAsync(Deadline);
        using var first = await server.ConnectAsync(Deadline);
        await first.AskAsync("a", Deadline);
        using var second = await server.ConnectAsync(Deadline);
        await second.AskAsync("b", Deadline);
        await first.AskAsync("c", Deadline);
        using var third = await server.ConnectAsync(Deadline);
        await third.AskAsync("d", Deadline);
        await second.ExpectEndAsync(Deadline);
        await first.AskAsync("e", Deadline);
        server.Gate.SetResult();
        await busy.ExpectAsync(TestServer.Reply("gate"), Deadline);
        Assert.Equal(1, server.Server.Counters.ConnectionsEvicted);
        Assert.Single(
            server.Log.Lines,
            l => l.StartsWith("Warning: The limit of 3 connections is reached", StringComparison.Ordinal)
        );
    }

    [Theory, MemberData(nameof(Carriers))]
    public async Task A_connection_is_refused_when_every_other_one_waits_for_a_look_up(string carrier)
    {
        await using var server = new TestServer(carrier, new() { MaxConnections = 1 });
        using var busy = await server.ConnectAsync(Deadline);
        await busy.SendAsync(TestServer.Request("gate"), Deadline);
        await server.AtGate.Task.WaitAsync(Deadline);
        await RefusedAsync(server, Deadline);
        Assert.Equal(1, server.Server.Counters.ConnectionsRefused);
        server.Gate.SetResult();
        await busy.ExpectAsync(TestServer.Reply("gate"), Deadline);
    }

    private static async Task RefusedAsync(TestServer server, CancellationToken ct)
    {
        try
        {
            using var refused = await server.ConnectAsync(ct);
            await refused.ExpectEndAsync(ct);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Even before the client knew that it was connected.
        }
    }

    /// <summary>Lets the time limit pass until something happens. The server may not have noted yet what it has just answered, so that a limit may have
    /// to pass twice; never so often that another limit would explain the outcome.</summary>
    private static async Task MoveUntilAsync(TestServer server, TimeSpan limit, Task happens)
    {
        for (var i = 0; i < 5 && !happens.IsCompleted; i++)
        {
            server.Clock.Advance(limit);
            await Task.WhenAny(happens, Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, CancellationToken.None));
        }

        await happens;
    }

    private async Task UntilClosedAsync(TestServer server, int open, TimeSpan limit)
    {
        while (server.Server.Counters.ConnectionsOpen > open)
        {
            server.Clock.Advance(limit);
            await Task.Yield();
            Deadline.ThrowIfCancellationRequested();
        }
    }
}
