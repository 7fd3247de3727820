using Postseal.Server;
using Xunit;

namespace Postseal.Tests.Lab;

public sealed class ServerAppTests
{
    private const string SeesTheLab =
        "test \"$POSTSEAL_ALLOW_PRIVATE\" = 1 && test -f \"$POSTSEAL_CA_FILE\" && test -n \"$POSTSEAL_DNS\"";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(7, "exit 7")]
    [InlineData(0, SeesTheLab)]
    public async Task A_command_runs_in_the_lab_and_its_exit_code_is_ours(int code, string script) =>
        Assert.Equal(code, (await RunAsync(["lab", "--", "/bin/sh", "-c", script], Ct)).Code);

    [Fact]
    public async Task The_environment_is_printed_for_a_shell_and_the_lab_runs_until_it_is_told_to_stop()
    {
        using var output = new StopWhenFlushed(Ct);
        var code = await ServerApp.RunAsync(["lab", "--env"], output, TextWriter.Null, output.Stopped);
        Assert.Equal(ServerApp.Interrupted, code);
        Assert.All(
            output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Matches("^export POSTSEAL_[A-Z_]+=[^ ]+$", line)
        );
    }

    [Fact]
    public async Task The_listing_names_every_domain_with_its_fault()
    {
        using var output = new StopWhenFlushed(TestContext.Current.CancellationToken);
        await ServerApp.RunAsync(["lab"], output, TextWriter.Null, output.Stopped);
        var listing = output.ToString();
        Assert.All(Postseal.Lab.Domains.LabDomains.All, d => Assert.Matches($"(?m)^  {d.Name} +\\S", listing));
        Assert.Contains("export POSTSEAL_DNS=127.0.0.1:", listing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demo_prints_the_address_to_open_and_runs_until_it_is_told_to_stop()
    {
        using var output = new StopWhenFlushed(Ct);
        var code = await ServerApp.RunAsync(["demo", "--port", "0"], output, TextWriter.Null, output.Stopped);
        Assert.Equal(ServerApp.Interrupted, code);
        Assert.Matches("(?m)^    http://127\\.0\\.0\\.1:[1-9][0-9]*/$", output.ToString());
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("lab", "--dns-port", "x")]
    [InlineData("lab", "--", "/no/such/program")]
    [InlineData("demo", "--port", "x")]
    [InlineData("demo", "--port", "99999")]
    public async Task Wrong_usage_is_told_on_standard_error(params string[] args)
    {
        var (code, _, error) = await RunAsync(args, Ct);
        Assert.Equal(ServerApp.Usage, code);
        Assert.StartsWith("postseal-server: ", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] args, CancellationToken ct)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (await ServerApp.RunAsync(args, output, error, ct), output.ToString(), error.ToString());
    }

    /// <summary>Output of a program that is interrupted as soon as it has said all it has to say.</summary>
    private sealed class StopWhenFlushed(CancellationToken ct) : StringWriter
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);

        public CancellationToken Stopped => _stop.Token;

        public override Task FlushAsync(CancellationToken cancellationToken) => _stop.CancelAsync();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _stop.Dispose();
            base.Dispose(disposing);
        }
    }
}
