using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Postseal.Protocol;
using Postseal.Resolver.Dns;
using Postseal.Server;
using Postseal.Server.Configuration;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Server.Configuration;

/// <summary>What a well-formed file means, and every value that is out of range.</summary>
public sealed class ServerReadingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("postseal-config-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void One_line_is_enough()
    {
        var configuration = Good("[web]");
        Assert.Equal([new(IPAddress.Loopback, 8080)], configuration.Web.Listen);
        Assert.Equal(new(IPAddress.Loopback, 8081), configuration.Private.Listen);
        Assert.Null(configuration.Private.Token);
        Assert.Null(configuration.Store.Postgres);
        Assert.Equal("/var/lib/postseal-server", configuration.DataDirectory);
        Assert.Equal(TimeSpan.FromMinutes(5), configuration.Web.Keep);
        Assert.Empty(configuration.Web.TrustedProxies);
        Assert.False(configuration.Lookup.AllowPrivate);
    }

    [Fact]
    public void Every_setting_arrives()
    {
        var token = File("token", "0123456789abcdef\n");
        var c = Good(
            $"""
            [web]
            listen = ["[::1]:80", "0.0.0.0:81"]
            public-url = "https://check.example:8443"
            trusted-proxies = ["127.0.0.1", "10.0.0.0/8", "fd00::/8", "::1"]
            checks-per-minute = 1
            requests-per-minute = 2
            checks-per-minute-total = 3
            running = 4
            waiting = 0
            keep-minutes = 6
            probe-interval-seconds = 0.5
            [private]
            listen = "0.0.0.0:82"
            token-file = "{token}"
            [store]
            postgres = "Host=db;Password=hunter2"
            history-days = 7
            history-megabytes = 64
            [lookup]
            dns = ["192.0.2.1", "[2001:db8::1]:5353"]
            trust-dnssec = "no"
            allow-private = true
            https-port = 8
            smtp-port = 9
            timeout = 10
            ehlo-name = "Check.Example"
            [log]
            level = "debug"
            format = "json"
            [telemetry]
            otlp = "http://127.0.0.1:4317"
            """
        );
        Assert.Equal(["[::1]:80", "0.0.0.0:81"], c.Web.Listen.Select(a => a.ToString()));
        Assert.Equal("https://check.example:8443/", c.Web.PublicUrl?.ToString());
        Assert.Equal(["127.0.0.1/32", "10.0.0.0/8", "fd00::/8", "::1/128"], c.Web.TrustedProxies.Select(n => n.ToString()));
        Assert.Equal((1, 2, 3), (c.Web.ChecksPerMinute, c.Web.RequestsPerMinute, c.Web.ChecksPerMinuteTotal));
        Assert.Equal((4, 0, 6, 0.5), (c.Web.Running, c.Web.Waiting, c.Web.Keep.TotalMinutes, c.Web.ProbeInterval.TotalSeconds));
        Assert.Equal("0.0.0.0:82", c.Private.Listen.ToString());
        Assert.Equal("0123456789abcdef", c.Private.Token?.Reveal());
        Assert.Equal(("Host=db;Password=hunter2", 7), (c.Store.Postgres?.Reveal(), c.Store.HistoryDays));
        Assert.Equal(["192.0.2.1:53", "[2001:db8::1]:5353"], c.Lookup.Servers.Select(s => s.ToString()));
        Assert.Equal(
            (DnssecTrust.No, true, 8, 9),
            (c.Lookup.Trust, c.Lookup.AllowPrivate, c.Lookup.HttpsPort, c.Lookup.SmtpPort)
        );
        Assert.Equal((7, 64), (c.Store.HistoryDays, c.Store.HistoryMegabytes));
        Assert.Equal((TimeSpan.FromSeconds(10), "check.example"), (c.Lookup.Timeout, c.Lookup.EhloName));
        Assert.Equal((LogLevel.Debug, true), (c.Log.Level, c.Log.IsJson));
        Assert.Equal("http://127.0.0.1:4317/", c.Otlp?.ToString());
        Assert.DoesNotContain("hunter2", c.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789abcdef", c.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("listen = []", "web.listen names no address; leave it out for 127.0.0.1:8080")]
    [InlineData("listen = 'localhost'", "web.listen 'localhost': an address has a port, such as 127.0.0.1:8080")]
    [InlineData("listen = '[::1]'", "web.listen '[::1]': an address has a port, such as 127.0.0.1:8080")]
    [InlineData("keep-minutes = 1.5", "web.keep-minutes is a whole number, without a point")]
    [InlineData("keep-minutes = '5'", "web.keep-minutes is a whole number without quotes")]
    [InlineData("listen = '127.0.0.1:65536'", "web.listen '127.0.0.1:65536': the port is a number from 0 to 65535")]
    [InlineData("listen = ['[::1]:1', '[::1]:1']", "web.listen has '[::1]:1' twice")]
    [InlineData(
        "public-url = 'https://a.example/x'",
        "web.public-url takes the address of the site without path, such as https://check.example, not 'https://a.example/x'"
    )]
    [InlineData(
        "public-url = 'check.example'",
        "web.public-url takes the address of the site without path, such as https://check.example, not 'check.example'"
    )]
    [InlineData(
        "trusted-proxies = '10.0.0.1/8'",
        "web.trusted-proxies takes addresses and networks, such as 127.0.0.1 or 10.0.0.0/8, not '10.0.0.1/8'"
    )]
    [InlineData(
        "trusted-proxies = '0.0.0.0/0'",
        "web.trusted-proxies '0.0.0.0/0' would let everybody choose the address they are limited by"
    )]
    [InlineData("running = 0", "web.running takes a whole number from 1 to 1000, not '0'")]
    [InlineData("waiting = -1", "web.waiting takes a whole number from 0 to 100000, not '-1'")]
    [InlineData("checks-per-minute = 0", "web.checks-per-minute takes a whole number from 1 to 1000000, not '0'")]
    [InlineData("keep-minutes = 1441", "web.keep-minutes takes a whole number from 1 to 1440, not '1441'")]
    [InlineData("probe-interval-seconds = 61", "web.probe-interval-seconds takes seconds, more than 0 and at most 60, not '61'")]
    [InlineData(
        "[private]\nlisten = '0.0.0.0:1'",
        "private.listen 0.0.0.0:1 is not loopback: name a token-file, so that metrics are not for everybody, or use 127.0.0.1"
    )]
    [InlineData("[private]\nlisten = '127.0.0.1:8080'", "private.listen 127.0.0.1:8080 is what web.listen has already")]
    [InlineData(
        "[private]\ntoken-file = '/nonexistent/t'",
        "private.token-file: cannot read '/nonexistent/t': there is no such file"
    )]
    [InlineData("[store]\npostgres = 'Database=x'", "store.postgres names no Host")]
    [InlineData(
        "[store]\npostgres = 'nonsense'",
        "store.postgres takes a connection string, such as \"Host=/run/postgresql;Database=postseal;Username=postseal\""
    )]
    [InlineData("[store]\nhistory-megabytes = 63", "store.history-megabytes takes a whole number from 64 to 1048576, not '63'")]
    [InlineData("[store]\nhistory-days = 0", "store.history-days takes a whole number from 1 to 36500, not '0'")]
    [InlineData(
        "[lookup]\ndns = '1'",
        "lookup.dns takes an address with an optional port, such as 127.0.0.1:53 or [::1]:53, not '1'"
    )]
    [InlineData("[lookup]\ntrust-dnssec = 'ja'", "lookup.trust-dnssec takes auto, yes or no, not 'ja'")]
    [InlineData("[lookup]\nca-file = '/nonexistent/ca'", "lookup.ca-file: there is no file '/nonexistent/ca'")]
    [InlineData("[lookup]\nca-file = '/etc/passwd'", "lookup.ca-file: /etc/passwd holds no certificate in PEM form")]
    [InlineData("[lookup]\nehlo-name = 'a b'", "lookup.ehlo-name takes the name of this host in DNS, not 'a b'")]
    [InlineData("[lookup]\ntimeout = 301", "lookup.timeout takes seconds, more than 0 and at most 300, not '301'")]
    [InlineData("[log]\nlevel = 'loud'", "log.level takes error, warning, info or debug, not 'loud'")]
    [InlineData("[log]\nformat = 'xml'", "log.format takes text or json, not 'xml'")]
    [InlineData(
        "[telemetry]\notlp = '127.0.0.1:4317'",
        "telemetry.otlp takes the address of a collector, such as http://127.0.0.1:4317, not '127.0.0.1:4317'"
    )]
    public void A_wrong_value_is_told_with_what_is_allowed(string text, string problem)
    {
        var line = text.StartsWith('[') ? 3 : 2;
        Assert.Equal([$"f:{line}: {problem}"], Read($"[web]\n{text}", _ => null).Problems);
    }

    [Fact]
    public void A_token_is_long_enough_or_refused()
    {
        var problem = Assert.Single(Read($"[web]\n[private]\ntoken-file = '{File("short", "abc")}'", _ => null).Problems);
        Assert.StartsWith("f:3: private.token-file: a token is one word of 16 or more", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_fills_what_the_file_leaves_open_in_lookup()
    {
        var environment = new Dictionary<string, string>
        {
            ["POSTSEAL_DNS"] = "127.0.0.1:5300",
            ["POSTSEAL_ALLOW_PRIVATE"] = "1",
            ["POSTSEAL_SMTP_PORT"] = "2525",
            ["POSTSEAL_HTTPS_PORT"] = "4430",
        };
        var c = Read("[web]\n[lookup]\nsmtp-port = 26", environment.GetValueOrDefault).Configuration!;
        Assert.Equal("127.0.0.1:5300", Assert.Single(c.Lookup.Servers).ToString());
        Assert.Equal((true, 26, 4430), (c.Lookup.AllowPrivate, c.Lookup.SmtpPort, c.Lookup.HttpsPort));

        environment["POSTSEAL_HTTPS_PORT"] = "x";
        Assert.Equal(
            ["POSTSEAL_HTTPS_PORT takes a whole number from 1 to 65535, not 'x'"],
            Read("[web]", environment.GetValueOrDefault).Problems
        );
    }

    [Theory]
    [InlineData("public-url = 'https://a.example'", "trusted-proxies names none")]
    [InlineData("[lookup]\nallow-private = true", "inside its network")]
    public void What_is_odd_is_a_warning(string text, string warning)
    {
        var reading = Read($"[web]\n{text}", _ => null);
        Assert.NotNull(reading.Configuration);
        Assert.Contains(warning, Assert.Single(reading.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_packaged_example_is_good_and_shows_every_setting_with_its_default()
    {
        var path = Path.Combine(RepositoryRoot.Path, "packaging/server.toml");
        var text = await System.IO.File.ReadAllTextAsync(path, Ct);
        Assert.Empty(ServerReading.Read(path, null, _ => null).Problems);
        Assert.All(ServerSetting.All, s => Assert.Matches($"(?ms)^#?\\[{s.Section}\\]$.*?^#?{s.Name} = ", text));

        // Taking the # away changes nothing where a default is shown; file names and addresses stand for others.
        var always = System.Text.RegularExpressions.Regex.Replace(text, "(?ms)^#\\[sender-test\\]$.*?(?=^\\[log\\])", "");
        var shown = System.Text.RegularExpressions.Regex.Replace(always, "(?m)^#([a-z-]+ = )", "$1");
        var standard = Good("[web]");
        var c = ServerReading.Of(ServerFile.Parse("f", Encoding.UTF8.GetBytes(shown)), null, _ => null);
        Assert.All(c.Problems, p => Assert.Matches("token-file|ca-file", p));
        foreach (
            var name in new[] { "token-file", "ca-file", "postgres", "public-url", "trusted-proxies", "dns", "ehlo-name", "otlp" }
        )
            shown = System.Text.RegularExpressions.Regex.Replace(shown, $"(?m)^{name} = .*$", "");

        var same = Good(shown);
        Assert.Equal(standard.Web with { Listen = [], TrustedProxies = [] }, same.Web with { Listen = [], TrustedProxies = [] });
        Assert.Equal(standard.Web.Listen, same.Web.Listen);
        Assert.Equal((standard.Private, standard.Store, standard.Log), (same.Private, same.Store, same.Log));
        Assert.Equal((standard.Lookup.HttpsPort, standard.Lookup.SmtpPort), (same.Lookup.HttpsPort, same.Lookup.SmtpPort));
        Assert.Null(same.SenderTest);
    }

    [Fact]
    public void The_packaged_sender_test_shows_its_defaults()
    {
        var text = System.IO.File.ReadAllText(Path.Combine(RepositoryRoot.Path, "packaging/server.toml"));
        var shown = System.Text.RegularExpressions.Regex.Match(text, "(?ms)^#\\[sender-test\\]$.*?(?=^\\[log\\])").Value;
        var test = Good(
            "[web]\n" + System.Text.RegularExpressions.Regex.Replace(shown, "(?m)^#(\\[|[a-z-]+ = )", "$1")
        ).SenderTest!;
        var standard = new SenderTestSettings(test.Zone, test.Addresses, test.CertificateFolder);
        Assert.Equal(standard with { Listen = test.Listen }, test);
        Assert.Equal(test.Addresses, test.Listen);
    }

    [Theory]
    [InlineData("addresses = ['192.0.2.1']", "[sender-test] needs zone: a domain of your own, such as sendertest.example.org")]
    [InlineData(
        "zone = 'st.example'",
        "[sender-test] needs addresses: those of this machine that the world knows, such as [\"192.0.2.10\"]"
    )]
    [InlineData(
        "zone = 'st.example'\naddresses = ['2001:db8::1']",
        "f:4: sender-test.addresses has no IPv4 address: most senders would reach nothing"
    )]
    [InlineData("zone = 'st.example'\naddresses = ['192.0.2.1', '192.0.2.1']", "f:4: sender-test.addresses has 192.0.2.1 twice")]
    [InlineData(
        "zone = 'st.example'\naddresses = ['192.0.2']",
        "f:4: sender-test.addresses takes addresses without port, such as 192.0.2.10 or 2001:db8::10, not '192.0.2'"
    )]
    [InlineData(
        "zone = 'example'\naddresses = ['192.0.2.1']",
        "f:3: sender-test.zone takes a domain of your own, such as sendertest.example.org, not 'example'"
    )]
    [InlineData(
        "zone = 'st.example'\naddresses = ['192.0.2.1']\nlisten = ['::1']",
        "f:5: sender-test.listen names where to listen for each of sender-test.addresses, in the same order and of the same kind; it does not fit them"
    )]
    [InlineData(
        "zone = 'st.example'\naddresses = ['0.0.0.0', '::']",
        "f:4: sender-test.addresses has 0.0.0.0, which is every address; name each that is meant",
        "f:4: sender-test.addresses has ::, which is every address; name each that is meant"
    )]
    [InlineData(
        "zone = 'st.example'\naddresses = ['192.0.2.1', 'ff02::1', '224.0.0.1']\nlisten = ['0.0.0.0']",
        "f:4: sender-test.addresses has ff02::1, which is not the address of one machine",
        "f:4: sender-test.addresses has 224.0.0.1, which is not the address of one machine",
        "f:5: sender-test.listen has 0.0.0.0, which is every address; name each that is meant"
    )]
    [InlineData(
        "zone = 'st.example'\naddresses = ['192.0.2.1']\nsmtp-port = 443",
        "[sender-test] has port 443 for smtp-port and https-port: each needs one of its own"
    )]
    [InlineData(
        "zone = 'st.example'\naddresses = ['192.0.2.1', '127.0.0.1']\nhttps-port = 8080",
        "[sender-test] cannot have port 8080 (https-port): the site itself listens on 127.0.0.1:8080; let one of the two have another address"
    )]
    [InlineData("", "f:2: [sender-test] is empty: it needs zone and addresses")]
    public void A_sender_test_that_is_wrong_is_told(string text, params string[] problems) =>
        Assert.Empty(problems.Except(Read($"[web]\n[sender-test]\n{text}", _ => null).Problems));

    [Theory]
    [InlineData("0.0.0.0:443", false)]
    [InlineData("[::]:443", false)]
    [InlineData("192.0.2.1:443", false)]
    [InlineData("192.0.2.2:443", true)]
    [InlineData("0.0.0.0:444", true)]
    [InlineData("192.0.2.1:53", true)] // the name server is another's
    public void The_site_and_the_sender_test_do_not_take_each_others_ports(string listen, bool isGood)
    {
        var test = "[sender-test]\nzone = 'st.example'\naddresses = ['192.0.2.1']\nname-server = false";
        Assert.Equal(isGood, Read($"[web]\nlisten = ['{listen}']\n{test}", _ => null).Problems.Count == 0);
    }

    [Fact]
    public void The_guide_begins_with_a_configuration_that_is_good()
    {
        var guide = System.IO.File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs/guide/sender-test.md"));
        var test = Good(System.Text.RegularExpressions.Regex.Match(guide, "(?s)```toml\n(.*?)```").Groups[1].Value).SenderTest;
        Assert.Equal("sendertest.example.org", test?.Zone);
    }

    [Fact]
    public void The_sender_test_is_off_until_its_table_stands()
    {
        Assert.Null(Good("[web]").SenderTest);
        var test = Good("[web]\n[sender-test]\nzone = 'ST.Example.'\naddresses = ['192.0.2.1', '2001:db8::1']").SenderTest!;
        Assert.Equal(("st.example", true, false, 25), (test.Zone, test.HasNameServer, test.HasDnssec, test.SmtpPort));
        Assert.False(
            Good("[web]\n[sender-test]\nzone='st.example'\naddresses=['192.0.2.1']\nname-server=false").SenderTest!.HasNameServer
        );
    }

    [Theory]
    [InlineData("config", "check", "FILE")]
    [InlineData("config", "check", "--config", "FILE")]
    public async Task Config_check_says_what_would_run(params string[] args)
    {
        var file = File(
            "server.toml",
            "[web]\npublic-url = 'https://check.example'\n[store]\npostgres = 'Host=db;Password=hunter2'"
        );
        var (code, output, error) = await RunAsync([.. args.Select(a => a == "FILE" ? file : a)], Ct);
        Assert.Equal(0, code);
        Assert.StartsWith($"{file}: fine\n", output, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:8080, known as https://check.example\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", output + error, StringComparison.Ordinal);
        Assert.StartsWith("postseal-server: warning: web.public-url", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Config_check_and_run_give_all_problems_and_exit_2()
    {
        var file = File("server.toml", "[web]\nrunning = 0\nwaiting = 'x'");
        foreach (var args in new string[][] { ["config", "check", file], ["run", "--config", file], ["--config", file] })
        {
            var (code, output, error) = await RunAsync(args, Ct);
            Assert.Equal(ServerApp.Usage, code);
            Assert.Empty(output);
            Assert.Equal(
                2,
                error
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Count(l => l.Contains($"{file}:", StringComparison.Ordinal))
            );
        }
    }

    [Fact]
    public async Task A_data_folder_that_is_missing_is_exit_2()
    {
        var file = File("server.toml", "[web]\nlisten = '127.0.0.1:0'\n[private]\nlisten = '127.0.0.1:0'");
        var (code, _, error) = await RunAsync(["--config", file, "--data", "/nonexistent/x"], Ct);
        Assert.Equal(ServerApp.Usage, code);
        Assert.Equal(
            "postseal-server: the data folder /nonexistent/x does not exist: make it, or name another with --data\n",
            error
        );
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] args, CancellationToken ct)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (await ServerApp.RunAsync(args, output, error, ct), output.ToString(), error.ToString());
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void What_the_system_says_of_a_value_is_printable_too(string section, string name)
    {
        foreach (var value in (string[])[@"/a\tb\u001B[31m", new string('a', 5000)])
        {
            var file = Encoding.UTF8.GetBytes($"[{section}]\n{name} = \"{value}\"\n");
            foreach (var problem in ServerReading.Of(ServerFile.Parse("f", file), null, _ => null).Problems)
                Assert.Equal(PrintableText.Of(problem, 1100), problem);
        }
    }

    public static TheoryData<string, string> Settings() => [.. ServerSetting.All.Select(s => (s.Section, s.Name))];

    private static ServerConfiguration Good(string text)
    {
        var reading = Read(text, _ => null);
        Assert.Empty(reading.Problems);
        return reading.Configuration!;
    }

    private static ServerReading Read(string text, Func<string, string?> environment) =>
        ServerReading.Of(ServerFile.Parse("f", Encoding.UTF8.GetBytes(text)), null, environment);

    private string File(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
