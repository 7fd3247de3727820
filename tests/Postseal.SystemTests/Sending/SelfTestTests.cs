using Postseal.SystemTests.Cli;
using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Sending;

/// <summary><c>postseal policyd --self-test</c> beside a running daemon, with this Postfix's configuration.</summary>
[Collection(SendingStories.Name)]
public sealed class SelfTestTests(SendingInternet internet, SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_self_test_finds_a_sound_Postfix_sound()
    {
        var run = await SelfTestAsync(internet.Sender.Configuration);

        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData("smtp_tls_policy_maps =", "smtp_tls_policy_maps")]
    [InlineData("smtp_tls_CAfile =", "smtp_tls_CA")]
    [InlineData("smtp_dns_support_level = enabled", "smtp_dns_support_level")]
    [InlineData("smtp_tls_policy_maps = socketmap:inet:127.0.0.1:8461:postfix-tlsrpt", "3.10")]
    public async Task The_self_test_says_what_to_change_in_Postfix(string fault, string named)
    {
        var folder = internet.NewFolder();
        var main = await File.ReadAllTextAsync(Path.Combine(internet.Sender.Configuration, "main.cf"), Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "main.cf"), $"{main}\n{fault}\n", Ct);
        File.Copy(Path.Combine(internet.Sender.Configuration, "master.cf"), Path.Combine(folder, "master.cf"));

        var run = await SelfTestAsync(folder);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(named, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_running_daemon_explains_refreshes_and_forgets_a_domain()
    {
        const string domain = "jailed.plain.test";
        var explained = await ResolveAsync(domain, "--daemon");
        Assert.Equal(0, explained.ExitCode);
        Assert.Contains($"OK secure match=mx1.{domain} servername=hostname", Unwrapped(explained), StringComparison.Ordinal);
        Assert.Contains($"policy_domain={domain}", Unwrapped(explained), StringComparison.Ordinal);
        Assert.Contains("mode enforce", explained.Output, StringComparison.Ordinal);

        var control = $"unix:{shared.Daemon.ControlSocket}";
        var refreshed = await ResolveAsync(domain, "--daemon", control, "--refresh");
        Assert.Contains("fetched: mode enforce", refreshed.Output, StringComparison.Ordinal);
        var forgotten = await ResolveAsync(domain, "--daemon", control, "--forget");
        Assert.Contains("forgotten", forgotten.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await ResolveAsync(domain, "--daemon", control, "--forget")).ExitCode);
        Assert.Equal(2, (await ResolveAsync(domain, "--daemon", "127.0.0.1:8462", "--forget")).ExitCode);

        var nobody = await ResolveAsync(domain, "--daemon", "127.0.0.1:1");
        Assert.Equal(3, nobody.ExitCode);
        Assert.Contains("no daemon answers at 127.0.0.1:1", nobody.ToString(), StringComparison.Ordinal);
    }

    private static string Unwrapped(ToolRun run) =>
        string.Join(' ', run.Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private async Task<ToolRun> ResolveAsync(params string[] arguments)
    {
        string[] command = [.. PostsealProgram.Command, "resolve", .. arguments];
        var run = await internet.Network.RunAsync(command[0], command[1..], Ct);
        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        return run;
    }

    private async Task<ToolRun> SelfTestAsync(string configuration)
    {
        string[] options = ["policyd", "--self-test", .. PolicyDaemon.Options(internet, internet.NewFolder())];
        string[] command = [$"MAIL_CONFIG={configuration}", .. PostsealProgram.Command, .. options];
        var run = await internet.Network.RunAsync("env", command, Ct);
        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        return run;
    }
}
