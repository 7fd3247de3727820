using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Postseal.Cli;
using Postseal.Cli.Output;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Cli;

/// <summary>Whatever a user types or a peer sends: a clear finding or error, in bounded time, and nothing crashes.</summary>
public sealed class BadInputTests(ImpatientLab lab) : IClassFixture<ImpatientLab>
{
    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("exa mple.com")]
    [InlineData("example.com\u001b[31m")]
    [InlineData("[192.0.2.1]")]
    [InlineData("2001:db8::1")]
    [InlineData("-example.com")]
    [InlineData("a\u0000b.example")]
    public async Task A_garbage_name_is_a_usage_error_and_never_reaches_the_terminal_raw(string name)
    {
        var (code, output, error) = await RunAsync("check", "--", name);
        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.DoesNotContain('\u001b', error);
        Assert.Contains("postseal: ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("markup-everywhere.lab.test")]
    [InlineData("markup-refused.lab.test")]
    public async Task Nothing_that_a_stranger_wrote_reaches_the_terminal_raw(string domain)
    {
        var (code, output, _) = await RunAsync("check", "--verbose", domain);
        Assert.InRange(code, 0, 3);
        Assert.Contains("<script>", output, StringComparison.Ordinal); // it is shown
        Assert.DoesNotContain(output, c => char.IsControl(c) && c != '\n');
        Assert.DoesNotContain(
            output,
            c => c is (>= '\u200B' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069')
        );
    }

    [Fact]
    public async Task A_name_of_254_octets_is_a_usage_error()
    {
        var name = string.Join('.', Enumerable.Repeat(new string('a', 49), 5)) + ".abcd";
        Assert.Equal(254, name.Length);
        var (code, _, error) = await RunAsync("check", name);
        Assert.Equal(2, code);
        Assert.Contains("longer than 253", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_too_long_for_the_labels_in_front_of_it_publishes_nothing()
    {
        var name = string.Join('.', Enumerable.Repeat(new string('a', 60), 4)) + ".lab.test";
        var (code, output, _) = await RunAsync("check", "--json", name);
        Assert.Equal(1, code); // it does not exist
        Assert.Equal("none", Verdict(output).GetProperty("protection").GetString());
    }

    [Fact]
    public async Task A_resolver_that_does_not_answer_is_unknown_within_the_time_given()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var (code, output, _) = await RunAsync(
            "check",
            "--json",
            "--timeout",
            "1",
            "--dns",
            silent.LocalEndPoint!.ToString()!,
            "example.com"
        );
        Assert.Equal(3, code);
        Assert.Equal(["sts-txt-dns-fail"], Findings(output).Select(f => f.Id));
        Assert.Equal("unknown", Verdict(output).GetProperty("mail").GetString());
        Assert.Equal("unknown", Verdict(output).GetProperty("protection").GetString());
    }

    [Theory]
    [InlineData("policy-10mb", "60", "http-size", "off", 1)]
    [InlineData("policy-drip", "3", "http-timeout", "unknown", 3)]
    [InlineData("mx-hang", "3", "smtp-unreachable", "unknown", 3)]
    [InlineData("txt-binary", "60", "sts-txt-malformed", "off", 1)]
    public async Task A_hostile_peer_is_a_finding_within_the_time_given(
        string domain,
        string seconds,
        string finding,
        string level,
        int exitCode
    )
    {
        var (code, output, _) = await RunAsync("check", "--json", "--timeout", seconds, $"{domain}.lab.test");
        Assert.Contains((finding, level), Findings(output));
        Assert.Equal(exitCode, code);
    }

    [Theory]
    [InlineData("txt-40-strings")]
    [InlineData("cert-500-names")]
    [InlineData("banner-escapes")]
    public async Task Odd_but_legal_things_are_fine(string domain)
    {
        var (code, output, _) = await RunAsync("check", "--json", $"{domain}.lab.test");
        Assert.Equal(0, code);
        Assert.Equal("enforced", Verdict(output).GetProperty("protection").GetString());
    }

    [Theory]
    [InlineData("check", "banner-escapes.lab.test", "--verbose")]
    [InlineData("probe", "mx1.banner-escapes.lab.test")]
    [InlineData("check", "txt-binary.lab.test", "--verbose")]
    public async Task No_control_character_of_a_peer_reaches_the_terminal(params string[] arguments)
    {
        var (_, output, error) = await RunAsync(arguments);
        Assert.DoesNotContain(output + error, c => char.IsControl(c) && c != '\n');
    }

    [Fact]
    public async Task A_policy_file_of_ten_megabytes_is_refused()
    {
        var input = new byte[10_000_000];
        Array.Fill(input, (byte)'a');
        var (code, output, _) = await RunAsync(input, "policy", "lint", "-");
        Assert.Equal(1, code);
        Assert.Contains("sts.policy.size", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_run_ends_with_130()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        Assert.Equal(
            130,
            await App.RunAsync(["check", "healthy.lab.test"], Terminal([], new(), new()), TimeProvider.System, cancelled.Token)
        );
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync([], arguments);

    private async Task<(int Code, string Output, string Error)> RunAsync(byte[] input, params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await App.RunAsync(
            arguments,
            Terminal(input, output, error),
            TimeProvider.System,
            TestContext.Current.CancellationToken
        );
        return (code, output.ToString(), error.ToString());
    }

    private Terminal Terminal(byte[] input, StringWriter output, StringWriter error)
    {
        var environment = lab.Internet.Environment;
        return new()
        {
            In = new MemoryStream(input),
            Out = output,
            Error = error,
            Variable = name => environment.GetValueOrDefault(name),
        };
    }

    private static JsonElement Verdict(string json) => JsonDocument.Parse(json).RootElement.GetProperty("verdict");

    private static (string Id, string Level)[] Findings(string json) =>
        [
            .. JsonDocument
                .Parse(json)
                .RootElement.GetProperty("findings")
                .EnumerateArray()
                .Select(f => (f.GetProperty("id").GetString()!, f.GetProperty("level").GetString()!)),
        ];
}
