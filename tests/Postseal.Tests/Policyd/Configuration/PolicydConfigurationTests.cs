using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Postseal.Cli.Output;
using Postseal.Cli.Policyd.Configuration;
using Postseal.Protocol;
using Xunit;

namespace Postseal.Tests.Policyd.Configuration;

/// <summary>Command line before environment before file before default; all problems at once; reload takes over what it can.</summary>
public sealed class PolicydConfigurationTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"postseal-{Guid.NewGuid()}.toml");
    private readonly Dictionary<string, string> _environment = [];

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Everything_has_a_default()
    {
        var options = Read().Options!;
        Assert.Equal("inet:127.0.0.1:8461", Assert.Single(options.Listen).ToString());
        Assert.Equal((null, "/var/lib/postseal/policies.db", null), (options.Http, options.Store, options.ConfigFile));
        Assert.Equal(
            (TimeSpan.FromSeconds(20), 100_000, 2000),
            (options.AnswerTimeout, options.MaxPolicies, options.MaxConnections)
        );
        Assert.Equal(
            (LogLevel.Information, "org", 443, 25),
            (options.LogLevel, options.DnssecProbe.Value, options.Lookup.HttpsPort, options.Lookup.SmtpPort)
        );
        Assert.Empty(options.TempOn);
        Assert.Null(options.Lookup.Timeout);
    }

    [Fact]
    public void The_command_line_goes_before_the_environment_and_that_before_the_file()
    {
        File.WriteAllText(_file, "https-port = 1\nsmtp-port = 2\ntimeout = 2.5\ndns = ['192.0.2.1', '192.0.2.2:54']\n");
        _environment["POSTSEAL_HTTPS_PORT"] = "3";
        _environment["POSTSEAL_SMTP_PORT"] = "4";
        var options = Read("--config", _file, "--https-port", "5").Options!;
        Assert.Equal((5, 4), (options.Lookup.HttpsPort, options.Lookup.SmtpPort));
        Assert.Equal(TimeSpan.FromSeconds(2.5), options.AnswerTimeout);
        Assert.Equal([IPEndPoint.Parse("192.0.2.1:53"), IPEndPoint.Parse("192.0.2.2:54")], options.Lookup.Servers);
    }

    [Fact]
    public void The_command_line_can_take_back_what_the_file_switches_on()
    {
        File.WriteAllText(_file, "http = '127.0.0.1:8462'\nallow-private = true\ntemp-on = ['dns', 'mx']\n");
        var on = Read("--config", _file).Options!;
        Assert.Equal(("127.0.0.1:8462", true, 2), ($"{on.Http}", on.Lookup.AllowPrivate, on.TempOn.Count));
        var off = Read("--config", _file, "--http", "off", "--allow-private", "false", "--temp-on", "none").Options!;
        Assert.Equal((null, false, 0), (off.Http, off.Lookup.AllowPrivate, off.TempOn.Count));
    }

    [Theory]
    [InlineData("--listen 127.0.0.1:1", "--listen '127.0.0.1:1': an address to listen on begins with inet: or unix:")]
    [InlineData(
        "--listen inet:::1:1",
        "--listen 'inet:::1:1': the host is localhost, an IPv4 address, or an IPv6 address in brackets; 0.0.0.0 and [::] mean every address"
    )]
    [InlineData(
        "--listen inet:1:1 --listen unix:a",
        "--listen 'inet:1:1': the host is localhost, an IPv4 address, or an IPv6 address in brackets; 0.0.0.0 and [::] mean every address|--listen 'unix:a': the path of a UNIX socket begins with / and names a file"
    )]
    [InlineData("--listen unix:/a,mode=0999", "--listen 'unix:/a,mode=0999': mode= takes three octal digits, such as mode=0660")]
    [InlineData("--listen unix:/a --listen unix:/a", "--listen 'unix:/a' is there twice")]
    [InlineData("--http 8462", "--http takes an address and a port, such as 127.0.0.1:8462, or off, not '8462'")]
    [InlineData(
        "--http 0.0.0.0:1",
        "--http 0.0.0.0:1 is not loopback, and the status server asks nobody for a password: use 127.0.0.1, or add http-public if a firewall or proxy guards it"
    )]
    [InlineData("--timeout 91", "--timeout takes seconds, more than 0 and at most 90, not '91'")]
    [InlineData("--timeout 0", "--timeout takes seconds, more than 0 and at most 90, not '0'")]
    [InlineData("--temp-on all", "--temp-on takes dns, fetch, policy, mx or timeout, or none alone, not 'all'")]
    [InlineData("--log-level loud", "--log-level takes error, warning, info or debug, not 'loud'")]
    [InlineData("--max-policies 0", "--max-policies takes a whole number from 1 to 10000000, not '0'")]
    [InlineData("--https-port 65536", "--https-port takes a whole number from 1 to 65535, not '65536'")]
    [InlineData("--dns 127.1", "--dns takes an address with an optional port, such as 127.0.0.1:53 or [::1]:53, not '127.1'")]
    [InlineData("--trust-dnssec maybe", "--trust-dnssec takes auto, yes or no, not 'maybe'")]
    [InlineData("--ca-file /no/such", "--ca-file: there is no file '/no/such'")]
    [InlineData("--dnssec-probe a..b", "--dnssec-probe takes a domain name, not 'a..b'")]
    public void A_bad_value_is_said_with_what_is_allowed(string arguments, string problems)
    {
        var read = Read(arguments.Split(' '));
        Assert.Null(read.Options);
        Assert.Equal(problems.Split('|'), read.Problems);
    }

    [Theory]
    [InlineData("inet:localhost:25", "inet:127.0.0.1:25")]
    [InlineData("inet:[::1]:25", "inet:[::1]:25")]
    [InlineData("unix:/run/a,mode=0660,owner=postseal:postfix", "unix:/run/a,mode=0660,owner=postseal:postfix")]
    public void An_address_to_listen_on(string text, string shown) =>
        Assert.Equal(shown, Assert.Single(Read("--listen", text).Options!.Listen).ToString());

    [Fact]
    public void Bad_values_of_the_file_are_said_with_file_and_line()
    {
        File.WriteAllText(_file, "\nlog-level = 'loud'\nhttp = '192.0.2.1:80'\n");
        Assert.Equal(
            [
                $"{_file}:3: http 192.0.2.1:80 is not loopback, and the status server asks nobody for a password: use 127.0.0.1, or add http-public if a firewall or proxy guards it",
                $"{_file}:2: log-level takes error, warning, info or debug, not 'loud'",
            ],
            Read("--config", _file).Problems
        );
        File.AppendAllText(_file, "http-public = true\n");
        Assert.Single(Read("--config", _file).Problems);
    }

    [Fact]
    public void A_reload_takes_over_what_can_change_and_names_what_cannot()
    {
        File.WriteAllText(_file, "log-level = 'info'\nmax-policies = 5\n");
        var configuration = Configuration("--config", _file, "--timeout", "3");
        var running = configuration.Read(Now).Options!;
        File.WriteAllText(
            _file,
            "log-level = 'debug'\nmax-policies = 6\ntimeout = 9\ntemp-on = 'dns'\n"
                + "[overrides.\"a.example\"]\naction = 'off'\nreason = 'x'\nexpires = 2027-01-31\n"
        );
        var taken = Assert.IsType<Reload.Taken>(configuration.Reload(running, Now));
        Assert.Equal(["max-policies"], taken.NeedRestart);
        Assert.Equal(
            (LogLevel.Debug, 5, TimeSpan.FromSeconds(3)),
            (taken.Next.LogLevel, taken.Next.MaxPolicies, taken.Next.AnswerTimeout)
        );
        Assert.Equal([TempCause.Dns], taken.Next.TempOn);
        Assert.Single(taken.Next.Overrides.All);
    }

    [Fact]
    public void A_reload_of_a_faulty_or_vanished_file_is_refused()
    {
        File.WriteAllText(_file, "");
        var configuration = Configuration("--config", _file);
        var running = configuration.Read(Now).Options!;
        File.WriteAllText(_file, "log-level = 'loud'\nlisen = 1\n");
        Assert.Equal(2, Assert.IsType<Reload.Refused>(configuration.Reload(running, Now)).Problems.Count);
        File.Delete(_file);
        Assert.Single(Assert.IsType<Reload.Refused>(configuration.Reload(running, Now)).Problems);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void What_the_system_says_of_a_value_is_printable_too(string setting)
    {
        foreach (var value in (string[])[@"/a\tb\u001B[31m", @"unix:/a\tb\u202E", new string('a', 5000)])
        {
            File.WriteAllText(_file, $"{setting} = \"{value}\"\n");
            foreach (var problem in Read("--config", _file).Problems)
                Assert.Equal(PrintableText.Of(problem, 1100), problem);
        }
    }

    public static TheoryData<string> Settings() => [.. PolicydSetting.All.Select(s => s.Name)];

    private ConfigurationReading Read(params string[] arguments) => Configuration(arguments).Read(Now);

    private PolicydConfiguration Configuration(params string[] arguments)
    {
        var (options, command) = (new PolicydCommandOptions(), new Command("policyd"));
        options.AddTo(command);
        var parsed = command.Parse(arguments);
        Assert.Empty(parsed.Errors);
        var terminal = new Terminal
        {
            In = Stream.Null,
            Out = TextWriter.Null,
            Error = TextWriter.Null,
            Variable = _environment.GetValueOrDefault,
        };
        return PolicydConfiguration.From(options, parsed, terminal);
    }
}
