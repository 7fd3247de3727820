using System.Net;
using System.Net.Sockets;
using Postseal.Server;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Running;

public sealed class SenderTestCommandTests
{
    [Theory]
    [InlineData("--via", "127.0.0.1:x")]
    [InlineData("--via", "127.0.0.1:25", "--from", "nobody")]
    [InlineData("--via", "127.0.0.1:25", "--from", "Somebody <you@example.com>")]
    [InlineData("--via", "127.0.0.1:25", "--wait", "0")]
    [InlineData("--via", "127.0.0.1:25", "--cases", "C0,C99")]
    [InlineData("--via", "127.0.0.1:25", "--", "/no/such/program")]
    [InlineData("--via", "127.0.0.1:25", "--dns-port", "99999")]
    [InlineData("--via", "127.0.0.1:25", "--smtp-port", "-1")]
    [InlineData("--via", "127.0.0.1:25", "--jsno")]
    [InlineData("--via", "127.0.0.1:25", "true")]
    [InlineData("--via", "127.0.0.1:25", "true", "--", "x")]
    [InlineData("--via", "127.0.0.1:25", "--user", "x")]
    [InlineData("--json")]
    public async Task Wrong_usage_is_told_on_standard_error(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await ServerApp.RunAsync(["sender-test", .. args], output, error, TestContext.Current.CancellationToken);
        Assert.Equal(ServerApp.Usage, code);
        Assert.StartsWith("postseal-server: ", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    [Fact]
    public async Task A_word_out_of_place_is_named_and_not_started()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] command = ["sender-test", "--via", "127.0.0.1:25", "--jsno", "--", "true"];
        Assert.Equal(ServerApp.Usage, await ServerApp.RunAsync(command, output, error, TestContext.Current.CancellationToken));
        Assert.Contains("--jsno", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("start process", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_fails_is_not_waited_for()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(40)); // less than a server has to come up
        using var unused = new TcpListener(IPAddress.Loopback, 0); // bound, and nobody listens
        unused.Server.Bind(unused.LocalEndpoint);
        var via = unused.Server.LocalEndPoint!.ToString()!;
        string[] command = ["sender-test", "--via", via, "--cases", "C0", "--", "false"];
        Assert.Equal(ServerApp.Usage, await ServerApp.RunAsync(command, output, error, deadline.Token));
        Assert.Contains("the command ended with exit code 1", error.ToString(), StringComparison.Ordinal);
    }
}
