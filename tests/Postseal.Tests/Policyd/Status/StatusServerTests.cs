using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postseal.Cli.Commands;
using Postseal.Cli.Policyd.Server;
using Postseal.Cli.Policyd.Status;
using Postseal.Cli.Policyd.Store;
using Postseal.Protocol;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Policyd.Status;

/// <summary>The status pages over HTTP, as a scraper, a script and a person ask for them. That an address other than loopback is refused without
/// <c>http-public</c> is the configuration's affair and tested there.</summary>
public sealed partial class StatusServerTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("postseal-status-");
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly HttpClient _commands;
    private readonly SocketmapCounters _counters = new();
    private readonly PolicydBench _bench;
    private readonly SqlitePolicyStore _store;
    private readonly Operator _operator;
    private StatusServer? _server;

    public StatusServerTests()
    {
        _commands = new(new DaemonPlace.Control(Control).NewHandler()) { BaseAddress = new("http://localhost/") };
        var path = Path.Combine(_folder.FullName, "policies.db");
        _store = SqlitePolicyStore.Open(path, new FakeTimeProvider(TestCa.Now), NullLogger.Instance); // it waits for the disk
        _bench = new(PolicydBench.Zone("example.com", "mx.example.com"), store: _store);
        _bench.Serve("example.com", "enforce", "mx.example.com");
        _bench.Clock.Advance(TimeSpan.FromTicks(1_234_567)); // a clock that stands at no whole second
        _operator = new(_bench.Answerer, _bench.Table, _bench.Settings, _bench.Policies, _bench.Routes, _store, _bench.Clock);
    }

    private string Control => Path.Combine(_folder.FullName, "control.sock");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var notices = new NoticeCounts(NullLogger.Instance);
        var metrics = new PolicydMetrics(_counters, _bench.Counts, _bench.Table, _bench.Policies, _store, notices, _bench.Clock);
        var access = new StatusAccess(
            new(IPAddress.Loopback, 0),
            new(Control, ListenAddress.OwnerOnly, Owner: null, Group: null),
            Token: null
        );
        _server = await StatusServer.StartAsync(access, _operator, metrics, NullLoggerFactory.Instance, Ct);
        _client.BaseAddress = _server.Address;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _commands.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();

        _bench.Dispose();
        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Health_is_there_from_the_start_and_readiness_comes_and_goes()
    {
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await AskAsync("GET", "/healthz"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready\n"), await AskAsync("GET", "/readyz"));
        _operator.SetReady(true);
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await AskAsync("GET", "/readyz"));
        _operator.SetReady(false);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await AskAsync("GET", "/readyz")).Status);
    }

    [Fact]
    public async Task Metrics_are_lines_that_Prometheus_reads_and_say_what_happened()
    {
        await _bench.AskAsync("postfix example.com");
        await _bench.AskAsync("postfix example.com");
        _counters.Answered(2, TimeSpan.FromMicroseconds(3));
        _counters.AnsweredCold(TimeSpan.FromSeconds(100));
        await _store.ChangesAsync(DomainName.Parse("example.com"), 1, Ct); // waits until all is written: the store grows no more
        using var response = await _client.GetAsync(new Uri("/metrics", UriKind.Relative), Ct);
        var lines = (await response.Content.ReadAsStringAsync(Ct)).TrimEnd('\n').Split('\n');

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.All(lines, l => Assert.Matches(ExpositionLine(), l));
        string[] expected =
        [
            "postseal_policyd_answers_total{reply=\"secure\",cause=\"enforce\"} 2",
            "postseal_policyd_policies{mode=\"enforce\"} 1",
            "postseal_policyd_warm_answer_seconds_bucket{le=\"0.000002\"} 0",
            "postseal_policyd_warm_answer_seconds_bucket{le=\"0.000004\"} 2",
            "postseal_policyd_warm_answer_seconds_bucket{le=\"0.032768\"} 2",
            "postseal_policyd_warm_answer_seconds_count 2",
            "postseal_policyd_cold_answer_seconds_bucket{le=\"0.001\"} 0",
            "postseal_policyd_cold_answer_seconds_bucket{le=\"32.768\"} 0",
            "postseal_policyd_cold_answer_seconds_bucket{le=\"+Inf\"} 1",
            "postseal_policyd_cold_answer_seconds_sum 100",
            $"postseal_policyd_store_bytes {_store.SizeBytes}",
        ];
        Assert.Empty(expected.Except(lines));
    }

    [Fact]
    public async Task An_explanation_shows_the_answer_and_its_times_in_whole_seconds()
    {
        var (status, text) = await AskAsync("GET", "/explain/Example.com");

        Assert.Equal(HttpStatusCode.OK, status);
        var document = JsonSerializer.Deserialize(text, StatusJson.Default.ExplainDocument)!;
        Assert.Equal(("example.com", "secure", "enforce"), (document.Domain, document.Answer.Reply, document.Answer.Cause));
        Assert.Equal("fetched", Assert.Single(document.Changes).Cause);
        Assert.Equal(TestCa.Now, document.At);
        var times = AnyTime().Matches(text).Select(m => m.Value).ToList();
        Assert.InRange(times.Count, 8, 20);
        Assert.All(times, t => Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", t));
    }

    [Fact]
    public async Task An_operator_has_a_policy_fetched_and_forgotten()
    {
        await _bench.AskAsync("postfix example.com");
        _bench.Serve("example.com", "testing", "mx.example.com");
        Assert.Equal("True fetched: mode testing, id 1, max_age 604800", await CommandAsync("/refresh/example.com"));
        Assert.Equal("NOTFOUND ", await _bench.AskAsync("postfix example.com"));

        Assert.Equal("True forgotten", await CommandAsync("/forget/example.com"));
        Assert.Equal("False nothing was known", await CommandAsync("/forget/example.com"));
        Assert.Empty(await _store.LoadAsync(Ct).ToListAsync(Ct));
        Assert.Equal("False nothing to fetch: no record is published", await CommandAsync("/refresh/example.org"));
    }

    [Theory]
    [InlineData("POST", "/healthz", "GET, HEAD")]
    [InlineData("PUT", "/metrics", "GET, HEAD")]
    [InlineData("DELETE", "/explain/example.com", "GET, HEAD")]
    [InlineData("GET", "/refresh/example.com", "POST")]
    [InlineData("HEAD", "/forget/example.com", "POST")]
    public async Task A_wrong_method_is_told_the_right_one(string method, string path, string allowed)
    {
        using var request = new HttpRequestMessage(new(method), path);
        using var response = await _client.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow));
        Assert.Empty(_bench.Dns.Asked);
    }

    [Theory]
    [InlineData("/", HttpStatusCode.NotFound)]
    [InlineData("/metric", HttpStatusCode.NotFound)]
    [InlineData("/explain", HttpStatusCode.NotFound)]
    [InlineData("/unknown/example.com", HttpStatusCode.NotFound)]
    [InlineData("/explain/", HttpStatusCode.BadRequest)]
    [InlineData("/explain/a..b", HttpStatusCode.BadRequest)]
    [InlineData("/explain/example.com/more", HttpStatusCode.BadRequest)]
    [InlineData("/explain/[192.0.2.1]", HttpStatusCode.BadRequest)]
    public async Task What_is_no_page_or_no_domain_is_refused_without_a_look_up(string path, HttpStatusCode status)
    {
        Assert.Equal(status, (await AskAsync("GET", path)).Status);
        Assert.Empty(_bench.Dns.Asked);
    }

    [Fact]
    public async Task An_over_long_path_is_refused_and_the_next_request_is_served()
    {
        Assert.Equal(HttpStatusCode.RequestUriTooLong, (await AskAsync("GET", $"/explain/{new string('a', 5000)}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("GET", "/healthz")).Status);
    }

    [Fact]
    public async Task A_local_process_drops_no_policy_through_the_HTTP_port()
    {
        await _bench.AskAsync("postfix example.com");
        var (status, text) = await AskAsync("POST", "/forget/example.com");
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("control socket", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync("POST", "/refresh/example.com")).Status);
        Assert.Single(await _store.LoadAsync(Ct).ToListAsync(Ct));
        Assert.Single(_bench.Host.Fetched);
    }

    [Theory]
    [InlineData("Host", "evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Referer", "http://evil.example/page", HttpStatusCode.Forbidden)]
    public async Task A_web_page_of_another_site_starts_no_look_up_and_reads_nothing(
        string header,
        string value,
        HttpStatusCode refused
    )
    {
        foreach (var path in (string[])["/explain/example.com", "/metrics", "/healthz"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add(header, value);
            using var response = await _client.SendAsync(request, Ct);
            Assert.Equal(refused, response.StatusCode);
        }

        Assert.Empty(_bench.Dns.Asked);
    }

    [Fact]
    public void The_control_socket_is_its_owners_alone() =>
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            OperatingSystem.IsWindows() ? ListenAddress.OwnerOnly : File.GetUnixFileMode(Control)
        );

    [Fact]
    public async Task The_control_socket_answers_questions_too()
    {
        Assert.Equal("ok\n", await _commands.GetStringAsync(new Uri("/healthz", UriKind.Relative), Ct));
        Assert.Contains(
            "secure",
            await _commands.GetStringAsync(new Uri("/explain/example.com", UriKind.Relative), Ct),
            StringComparison.Ordinal
        );
    }

    private async Task<(HttpStatusCode Status, string Body)> AskAsync(string method, string path)
    {
        using var request = new HttpRequestMessage(new(method), path);
        using var response = await _client.SendAsync(request, Ct);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Ct));
    }

    private async Task<string> CommandAsync(string path)
    {
        using var response = await _commands.PostAsync(new Uri(path, UriKind.Relative), null, Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync(Ct);
        var result = JsonSerializer.Deserialize(text, StatusJson.Default.CommandDocument)!;
        return $"{result.Done} {result.Result}";
    }

    [GeneratedRegex("^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\\})? [-0-9.eE+]+)$")]
    private static partial Regex ExpositionLine();

    [GeneratedRegex("(?<=\")[0-9]{4}-[0-9]{2}-[0-9]{2}T[^\"]*(?=\")")]
    private static partial Regex AnyTime();
}
