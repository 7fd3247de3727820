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
}
