using System.Net.Sockets;
using Xunit;

namespace Postseal.Tests.Policyd.Server;

public sealed class ServerStopTests : SocketmapServerTest
{
    [Theory, MemberData(nameof(Carriers))]
    public async Task A_stop_answers_what_is_in_flight_and_closes_the_rest(string carrier)
    {
        await using var server = new TestServer(carrier);
        using var busy = await server.ConnectAsync(Deadline);
        using var idle = await server.ConnectAsync(Deadline);
        await idle.AskAsync("a", Deadline);
        await busy.SendAsync(TestServer.Requests("gate", "warm", "cold"), Deadline);
        await server.AtGate.Task.WaitAsync(Deadline);
        var stopping = server.Server.StopAsync(Deadline);
        await idle.ExpectEndAsync(Deadline);
        idle.Dispose();
        await Assert.ThrowsAnyAsync<SocketException>(() => server.ConnectAsync(Deadline));
        Assert.False(stopping.IsCompleted);
        server.Gate.SetResult();
        await busy.ExpectAsync(TestServer.Replies("gate", "warm", "cold"), Deadline);
        await busy.ExpectEndAsync(Deadline);
        busy.Dispose();
        await stopping.WaitAsync(Deadline);
        Assert.Equal(0, server.Server.Counters.ConnectionsOpen);
    }

    [Theory, MemberData(nameof(Carriers))]
    public async Task At_the_token_what_is_left_is_cut(string carrier)
    {
        await using var server = new TestServer(carrier);
        using var busy = await server.ConnectAsync(Deadline);
        await busy.SendAsync(TestServer.Request("gate"), Deadline);
        await server.AtGate.Task.WaitAsync(Deadline);
        using var patience = new CancellationTokenSource();
        var stopping = server.Server.StopAsync(patience.Token);
        Assert.False(stopping.IsCompleted);
        await patience.CancelAsync();
        await stopping.WaitAsync(Deadline);
        await busy.ExpectEndAsync(Deadline);
        await server.Server.StopAsync(Deadline);
    }
}
