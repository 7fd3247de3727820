using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Postseal.Server.Demo;
using Postseal.Server.Hosting;
using Postseal.Tests.Server.SenderTest.Simulator;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Web;

/// <summary>All rounds of a test over HTTP: a sender made from our own engine writes to the addresses of each, and domains change in between.</summary>
public sealed class RoundsTests : IAsyncLifetime
{
    // Longer than a sender takes a record that it has seen as still true.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(71);

    private readonly string _data = Directory.CreateTempSubdirectory("postseal-rounds-").FullName;
    private readonly FakeTimeProvider _clock = new(new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));

    // Only a test that hangs waits as long as this.
    private readonly CancellationTokenSource _guard = CancellationTokenSource.CreateLinkedTokenSource(
        TestContext.Current.CancellationToken
    );
    private DemoLab _lab = null!;
    private SiteServer _server = null!;
    private HttpClient _http = null!;

    private CancellationToken Ct => _guard.Token;

    public async ValueTask InitializeAsync()
    {
        _guard.CancelAfter(TimeSpan.FromSeconds(120));
        _lab = await DemoLab.StartAsync(new() { Clock = _clock }, Ct);
        _server = await SiteServer.StartAsync(DemoCommand.Configuration(_lab, 0, _data), _clock, Ct);
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _server.PublicAddress };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        await _lab.DisposeAsync();
        Directory.Delete(_data, recursive: true);
        _guard.Dispose();
    }

    [Theory]
    [InlineData(Defect.None, "pass", "The message arrived: the old policy is in use.", "", "yes yes yes yes")]
    [InlineData(Defect.ForgetsPolicies, "fail", "The message has not arrived yet.", "C19", "partly yes yes yes")]
    [InlineData(Defect.NeverRefreshes, "pass", "The message arrived: the old policy is in use.", "C20", "partly yes yes yes")]
    [InlineData(Defect.NeverRetries, "pass", "The message arrived: the old policy is in use.", "C20", "partly yes yes yes")]
    public async Task What_a_sender_remembers_shows_in_the_later_rounds(
        Defect defect,
        string gone,
        string sameId,
        string red,
        string answers
    )
    {
        using var sender = new SimulatedSender(_lab.Internet, _clock, defect);
        var open = await ReadAsync(HttpMethod.Post, "/api/v1/sender-test");
        var (opened, page) = (open.GetProperty("test"), $"/sender-test/{open.GetProperty("key").GetString()}");
        var path = $"/api/v1{page}";
        Assert.Equal(3, opened.GetProperty("rounds").GetInt32());
        await SendAsync(sender, opened);
        for (var round = 2; round <= 3; round++)
        {
            _clock.Advance(Pause);
            var turned = await ReadAsync(HttpMethod.Post, $"{path}/rounds/{round}");
            Assert.Equal(round, turned.GetProperty("round").GetInt32());
            await SendAsync(sender, turned);
        }

        // Long before the end, as soon as the sender has shown what it does.
        var early = await UntilAsync(path, t => Verdict(t, "C19") == gone && Case(t, "C21", "seen") == sameId);
        Assert.False(early.GetProperty("final").GetBoolean());
        Assert.Contains(
            $"lv-{(gone == "pass" ? "ok" : "breaks")}\" id=\"C19\"",
            await _http.GetStringAsync(page, Ct),
            StringComparison.Ordinal
        );

        _clock.Advance(TimeSpan.FromMinutes(30));
        await sender.RetryAsync(Ct);
        foreach (var domain in Addresses(opened).Select(a => a[(a.IndexOf('@', StringComparison.Ordinal) + 1)..]))
            await sender.ReportAsync(domain, Ct);

        await UntilAsync(path, t => Verdict(t, "C25") == "pass");
        _clock.Advance(TimeSpan.FromHours(48) + Pause);
        var last = await ReadAsync(HttpMethod.Get, path);
        Assert.True(last.GetProperty("final").GetBoolean());
        Assert.Equal(red, Ids(last, "fail"));
        Assert.Equal("", Ids(last, "inconclusive"));
        var overall = last.GetProperty("overall");
        string[] names = ["mtaSts", "dane", "precedence", "tlsReports"];
        Assert.Equal(answers, string.Join(' ', names.Select(n => overall.GetProperty(n).GetString())));
    }

    [Fact]
    public async Task A_test_that_is_over_has_no_further_round()
    {
        var open = await ReadAsync(HttpMethod.Post, "/api/v1/sender-test");
        var page = $"/sender-test/{open.GetProperty("key").GetString()}";
        Assert.False(open.GetProperty("test").GetProperty("missesQuestions").GetBoolean());
        _clock.Advance(TimeSpan.FromHours(48));
        using var api = await _http.PostAsync($"/api/v1{page}/rounds/2", null, Ct);
        Assert.Equal(
            (HttpStatusCode.Conflict, "application/problem+json"),
            (api.StatusCode, api.Content.Headers.ContentType?.MediaType)
        );
        using var form = await _http.PostAsync($"{page}/next", new FormUrlEncodedContent([new("round", "2")]), Ct);
        Assert.Equal(HttpStatusCode.Conflict, form.StatusCode);
        var html = await form.Content.ReadAsStringAsync(Ct);
        Assert.Contains("The test is over", html, StringComparison.Ordinal);
        Assert.Contains($"href=\"{page}\"", html, StringComparison.Ordinal);
        Assert.Equal(1, (await ReadAsync(HttpMethod.Get, $"/api/v1{page}")).GetProperty("round").GetInt32());
    }

    // One message to each address of the round, as the document gives them.
    private async Task SendAsync(SimulatedSender sender, JsonElement test) =>
        await Task.WhenAll(Addresses(test).Select(a => sender.SendAsync(a, Ct)));

    private async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> isThere)
    {
        for (; ; )
        {
            var test = await ReadAsync(HttpMethod.Get, path);
            if (isThere(test))
                return test;

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Ct);
        }
    }

    private async Task<JsonElement> ReadAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await _http.SendAsync(request, Ct);
        response.EnsureSuccessStatusCode();
        return await JsonSerializer.DeserializeAsync<JsonElement>(
            await response.Content.ReadAsStreamAsync(Ct),
            null as JsonSerializerOptions,
            Ct
        );
    }

    private static IEnumerable<string> Addresses(JsonElement test) =>
        test.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("address").GetString()).OfType<string>();

    private static string? Verdict(JsonElement test, string id) => Case(test, id, "verdict");

    private static string? Case(JsonElement test, string id, string property) =>
        test.GetProperty("cases")
            .EnumerateArray()
            .Single(c => c.GetProperty("id").GetString() == id)
            .GetProperty(property)
            .GetString();

    private static string Ids(JsonElement test, string verdict) =>
        string.Join(
            ' ',
            test.GetProperty("cases")
                .EnumerateArray()
                .Where(c => c.GetProperty("verdict").GetString() == verdict)
                .Select(c => c.GetProperty("id").GetString())
        );
}
