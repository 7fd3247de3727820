using System.Net.Sockets;
using Postseal.Cli.Policyd.Server;
using Xunit;

namespace Postseal.Tests.Policyd.Server;

public sealed class DialogueOverSocketsTests : SocketmapServerTest
{
    [Theory, MemberData(nameof(Carriers))]
    public async Task Requests_are_answered_however_they_are_cut_into_segments(string carrier)
    {
        await using var server = new TestServer(carrier);
        using var client = await server.ConnectAsync(Deadline);
        string[] requests = ["postfix good.example", "postfix .example", "", "postfix cold.example", "postfix b\0\n,:é.example"];
        var all = TestServer.Requests(requests);
        var replies = TestServer.Replies(requests);
        var random = new Random(1);
        foreach (var cut in new Func<int>[] { () => all.Length, () => 1, () => random.Next(1, 30) })
        {
            for (var sent = 0; sent < all.Length; )
            {
                var size = Math.Min(cut(), all.Length - sent);
                await client.SendAsync(all.AsMemory(sent, size), Deadline);
                sent += size;
            }

            await client.ExpectAsync(replies, Deadline);
        }

        client.Dispose();
        await server.Server.StopAsync(Deadline); // answers are counted after they are sent
        Assert.Equal(12, server.Server.Counters.WarmRequests);
        Assert.Equal(3, server.Server.Counters.ColdRequests);
        Assert.Equal(12, server.Server.Counters.WarmLatency.Counts().Sum());
        Assert.Equal(3, server.Server.Counters.ColdLatency.Counts().Sum());
    }

    [Theory, MemberData(nameof(Carriers))]
    public async Task A_look_up_counts_the_time_it_took(string carrier)
    {
        await using var server = new TestServer(carrier);
        using var client = await server.ConnectAsync(Deadline);
        await client.SendAsync(TestServer.Request("gate"), Deadline);
        await server.AtGate.Task.WaitAsync(Deadline);
        server.Clock.Advance(TimeSpan.FromSeconds(3));
        server.Gate.SetResult();
        await client.ExpectAsync(TestServer.Reply("gate"), Deadline);

        Assert.Equal(TimeSpan.FromSeconds(3), server.Server.Counters.ColdLatency.Sum);
        Assert.Equal(1, server.Server.Counters.ColdLatency.Counts()[12]); // of at most 4.096 s
        Assert.Equal(0, server.Server.Counters.WarmLatency.Counts().Sum());
    }

    [Theory, MemberData(nameof(Carriers))]
    public async Task Pipelined_requests_warm_and_cold_are_answered_in_their_order(string carrier)
    {
        await using var server = new TestServer(carrier);
        using var client = await server.ConnectAsync(Deadline);
        string[] requests = [.. Enumerable.Range(0, 128).Select(i => $"postfix {(i % 7 == 3 ? "cold" : "warm")}{i}.example")];
        await client.SendAsync(TestServer.Requests(requests), Deadline);
        await client.ExpectAsync(TestServer.Replies(requests), Deadline);
    }

    [Theory, MemberData(nameof(Carriers))]
    public async Task A_request_behind_a_look_up_waits_and_other_connections_do_not(string carrier)
    {
        await using var server = new TestServer(carrier);
        using var client = await server.ConnectAsync(Deadline);
        using var other = await server.ConnectAsync(Deadline);
        await client.SendAsync(TestServer.Requests("gate", "warm"), Deadline);
        await server.AtGate.Task.WaitAsync(Deadline);
        await client.SendAsync(TestServer.Request("more"), Deadline);
        for (var i = 0; i < 10; i++)
            await other.AskAsync($"other {i}", Deadline);

        Assert.Equal(0, client.Socket.Available);
        server.Gate.SetResult();
        await client.ExpectAsync(TestServer.Replies("gate", "warm", "more"), Deadline);
    }

    [Theory, MemberData(nameof(Carriers))]
    public async Task A_client_that_sends_and_closes_its_half_gets_its_answers(string carrier)
    {
        await using var server = new TestServer(carrier);
        using var client = await server.ConnectAsync(Deadline);
        await client.SendAsync(TestServer.Requests("warm", "cold", "last"), Deadline);
        client.Socket.Shutdown(SocketShutdown.Send);
        await client.ExpectAsync(TestServer.Replies("warm", "cold", "last"), Deadline);
        await client.ExpectEndAsync(Deadline);
    }

    [Theory, MemberData(nameof(Carriers))]
    public async Task Requests_and_answers_larger_than_the_buffers_come_through(string carrier)
    {
        await using var server = new TestServer(carrier);
        using var client = await server.ConnectAsync(Deadline);
        string[] requests =
        [
            .. Enumerable.Range(0, 40).Select(i => (i % 9 == 5 ? "cold" : "warm") + new string('x', (i * 256) % 9990)),
        ];
        var sending = client.SendAsync(TestServer.Requests(requests), Deadline);
        await client.ExpectAsync(TestServer.Replies(requests), Deadline);
        await sending;
    }

    [Theory, MemberData(nameof(Carriers))]
    public async Task A_client_that_does_not_read_is_not_read_from_either_and_loses_nothing(string carrier)
    {
        await using var server = new TestServer(carrier);
        using var client = await server.ConnectAsync(Deadline);
        using var other = await server.ConnectAsync(Deadline);
        // Much more than the kernel's buffers hold.
        string[] requests = [.. Enumerable.Range(0, 60_000).Select(i => $"{i}{new string('x', 400)}")];
        var sending = client.SendAsync(TestServer.Requests(requests), Deadline);
        var (before, asked) = (-1L, 0);
        for (var quiet = 0; quiet < 50 && !sending.IsCompleted; quiet++)
        {
            await other.AskAsync("still there", Deadline);
            asked++;
            var now = server.Server.Counters.WarmRequests;
            if (now > before + 2) // an answer is counted after it is sent
                quiet = 0;

            before = now;
        }

        Assert.InRange(server.Server.Counters.WarmRequests - asked, 1, requests.Length - 1);
        await client.ExpectAsync(TestServer.Replies(requests), Deadline);
        await sending;
    }

    [Theory, MemberData(nameof(Carriers))]
    public async Task A_client_that_goes_during_its_look_up_harms_nobody(string carrier)
    {
        await using var server = new TestServer(carrier);
        using var client = await server.ConnectAsync(Deadline);
        using var other = await server.ConnectAsync(Deadline);
        await client.SendAsync(TestServer.Request("gate"), Deadline);
        await server.AtGate.Task.WaitAsync(Deadline);
        client.Reset();
        await other.AskAsync("a", Deadline);
        server.Gate.SetResult();
        while (server.Server.Counters.ConnectionsOpen > 1)
            await other.AskAsync("b", Deadline);

        Assert.Equal(0, server.Server.Counters.Bugs);
    }

    [Theory, MemberData(nameof(Carriers))]
    public async Task A_bug_in_an_answer_closes_its_connection_and_is_logged(string carrier)
    {
        await using var server = new TestServer(carrier);
        using var other = await server.ConnectAsync(Deadline);
        foreach (var request in new[] { "bug", "coldbug" })
        {
            using var client = await server.ConnectAsync(Deadline);
            await client.AskAsync("good", Deadline);
            await client.SendAsync(TestServer.Request(request), Deadline);
            await client.ExpectEndAsync(Deadline);
        }

        await other.AskAsync("still there", Deadline);
        Assert.Equal(2, server.Server.Counters.Bugs);
        Assert.Equal(
            2,
            server.Log.Lines.Count(l => l.StartsWith("Error: A bug closed one connection", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void A_warm_answer_allocates_nothing()
    {
        ReadOnlyMemory<byte> constant = TestServer.Reply("x");
        var dialogue = new Dialogue(Constant, new(), new());
        var replies = new ReplyBuffer(ReplyBuffer.DefaultCapacity);
        byte[] input = [.. Enumerable.Range(0, 50).SelectMany(i => TestServer.Request($"postfix a{i}.example"))];
        dialogue.Advance(input, replies);
        replies.Clear();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Assert.True(dialogue.Advance(input, replies).Answered == 50);
            replies.Clear();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        bool Constant(ReadOnlySpan<byte> request, out ReadOnlyMemory<byte> reply)
        {
            reply = constant;
            return true;
        }
    }
}
