using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.RegularExpressions;
using Postseal.Server.SenderTest.Tests;
using Postseal.Tests.Lab;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Web;

/// <summary>A visitor tests a sender: pages and API, with mail sent to the receivers of the lab.</summary>
public sealed partial class TestFlowTests(SiteFixture site) : IClassFixture<SiteFixture>, IAsyncLifetime
{
    // Only a test that hangs waits as long as this.
    private readonly CancellationTokenSource _guard = CancellationTokenSource.CreateLinkedTokenSource(
        TestContext.Current.CancellationToken
    );
    private readonly List<string> _opened = [];

    private const string Hostile = "<script>alert(1)</script>\u202E\u001B[31m\"onload=x";

    private CancellationToken Ct => _guard.Token;

    public ValueTask InitializeAsync()
    {
        _guard.CancelAfter(TimeSpan.FromSeconds(60));
        return ValueTask.CompletedTask;
    }

    // Every test has the same sender, and open tests share what an address does: the next one must find none.
    public async ValueTask DisposeAsync()
    {
        foreach (var page in _opened)
            (await site.Http.PostAsync($"{page}/delete", null, TestContext.Current.CancellationToken)).Dispose();

        _guard.Dispose();
    }

    private CarelessSender Sender => new(site.Lab.Internet);

    [Fact]
    public async Task A_visitor_opens_a_test_sees_cases_fill_in_and_deletes_it()
    {
        var page = await OpenAsync(Ct);
        var html = await site.Http.GetStringAsync(page, Ct);
        Assert.Contains("Waiting for the first message.", html, StringComparison.Ordinal);
        Assert.Contains("<noscript><meta http-equiv=\"refresh\"", html, StringComparison.Ordinal);
        var control = Assert.Single(Addresses(html), a => a.EndsWith("@control.sender.lab.test", StringComparison.Ordinal));

        Assert.StartsWith("250", await Sender.SendAsync("mx.careless.example", control, Ct), StringComparison.Ordinal);
        var json = await SeenAsync(page, "The message arrived over TLS.", Ct); // the last that is told of it
        Assert.Contains("\"mx.careless.example\"", json, StringComparison.Ordinal);
        html = await site.Http.GetStringAsync(page, Ct);
        Assert.Contains("The message arrived over TLS.", html, StringComparison.Ordinal);
        Assert.Contains("Sender: mx.careless.example [127.0.0.1].", html, StringComparison.Ordinal);

        using var deleted = await site.Http.PostAsync($"{page}/delete", null, Ct);
        Assert.Contains("have been deleted.", await deleted.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Http.GetAsync(page, Ct)).StatusCode);
        Assert.StartsWith("5", await Sender.SendAsync("mx.careless.example", control, Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bounce_that_a_visitor_pastes_stands_beside_what_was_seen()
    {
        var page = await OpenAsync(Ct);
        Assert.Contains($"href=\"{page}/bounce\"", await site.Http.GetStringAsync(page, Ct), StringComparison.Ordinal);
        var form = await site.Http.GetStringAsync($"{page}/bounce", Ct);
        Assert.Contains($"action=\"{page}/bounce\"", form, StringComparison.Ordinal);
        Assert.DoesNotContain("http-equiv=\"refresh\"", form, StringComparison.Ordinal); // what is being written would be lost

        var to = Addresses(await site.Http.GetStringAsync(page, Ct)).First(a => a.Contains("@c2.", StringComparison.Ordinal));
        var text =
            $"Final-Recipient: rfc822; {to}\r\nAction: failed\r\nStatus: 5.7.5\r\nDiagnostic-Code: smtp; {Hostile}\r\n{new string('x', 20_000)}";
        using var pasted = new FormUrlEncodedContent([new("bounce", text)]);
        using var taken = await site.Http.PostAsync($"{page}/bounce", pasted, Ct);
        var html = await taken.Content.ReadAsStringAsync(Ct);
        Assert.Contains("<strong>C2</strong> failed, 5.7.5, smtp; &lt;script&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        var json = await SeenAsync(page, "a bounce, brought by a visitor, says of", Ct);
        Assert.DoesNotContain("\u202E", json, StringComparison.Ordinal);

        using var api = await site.Http.PostAsync($"/api/v1{page}/bounces", new StringContent($"<{to}>: 4.7.4 no TLS"), Ct);
        using var found = JsonDocument.Parse(await api.Content.ReadAsStringAsync(Ct));
        var one = Assert.Single(found.RootElement.GetProperty("bounces").EnumerateArray());
        Assert.Equal(
            ("C2", to, "4.7.4", "4.7.4 no TLS"),
            (
                one.GetProperty("id").GetString(),
                one.GetProperty("address").GetString(),
                one.GetProperty("status").GetString(),
                one.GetProperty("text").GetString()
            )
        );
        Assert.Equal(JsonValueKind.Null, one.GetProperty("action").ValueKind);
    }

    [Fact]
    public async Task A_text_without_an_address_of_the_test_is_refused()
    {
        var page = await OpenAsync(Ct);
        using var pasted = new FormUrlEncodedContent([new("bounce", "no address")]);
        using var form = await site.Http.PostAsync($"{page}/bounce", pasted, Ct);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, form.StatusCode);
        Assert.Contains($"href=\"{page}/bounce\"", await form.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var api = await site.Http.PostAsync($"/api/v1{page}/bounces", new StringContent("no address"), Ct);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, api.StatusCode);
        using var other = await site.Http.PostAsync($"/api/v1{page[..^1]}1/bounces", new StringContent("no address"), Ct);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task A_sender_that_delivers_everywhere_is_told_so()
    {
        var page = await OpenAsync(Ct);
        for (var round = 1; round <= 2; round++)
        {
            var addresses = Addresses(await site.Http.GetStringAsync(page, Ct));
            foreach (var id in (string[])["control", "c0", "c1", "c2"])
            {
                if (addresses.FirstOrDefault(a => a.EndsWith($"@{id}.sender.lab.test", StringComparison.Ordinal)) is { } address)
                    Assert.StartsWith(
                        "250",
                        await Sender.SendAsync("mx.careless.example", address, Ct),
                        StringComparison.Ordinal
                    );
            }

            using var form = new FormUrlEncodedContent([new("round", "2"), new("sure", "yes")]);
            using var next = await site.Http.PostAsync($"{page}/next", form, Ct);
            Assert.Equal(HttpStatusCode.SeeOther, next.StatusCode);
        }

        var text = await SeenAsync(page, "\"verdict\": \"fail\"", Ct);
        using var document = JsonDocument.Parse(text);
        Assert.Equal("no", document.RootElement.GetProperty("overall").GetProperty("mtaSts").GetString());
        Assert.Equal(2, document.RootElement.GetProperty("round").GetInt32());
    }

    [Fact]
    public async Task What_a_sender_writes_is_shown_inert()
    {
        var page = await OpenAsync(Ct);
        var control = Addresses(await site.Http.GetStringAsync(page, Ct))[0];
        await Sender.SendAsync(Hostile, control, Ct);
        var json = await SeenAsync(page, "alert(1)", Ct);
        var html = await site.Http.GetStringAsync(page, Ct);
        Assert.Contains("&lt;script&gt;alert(1)", html, StringComparison.Ordinal);
        foreach (var text in (string[])[json, html])
        {
            Assert.DoesNotContain("<script>", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("\u202E", text, StringComparison.Ordinal);
            Assert.DoesNotContain("\u001B", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Events_tell_each_change()
    {
        var page = await OpenAsync(Ct);
        var control = Addresses(await site.Http.GetStringAsync(page, Ct))[0];
        await using var stream = await site.Http.GetStreamAsync($"/api/v1{page}/events", Ct);
        await using var events = SseParser.Create(stream).EnumerateAsync(Ct).GetAsyncEnumerator(Ct);
        Assert.True(await events.MoveNextAsync());
        Assert.Contains("\"sender\":{\"via\":null,\"names\":[],\"agents\":[]}", events.Current.Data, StringComparison.Ordinal);

        await Sender.SendAsync("mx.careless.example", control, Ct);
        while (!events.Current.Data.Contains("mx.careless.example", StringComparison.Ordinal))
            Assert.True(await events.MoveNextAsync());

        Assert.Equal("changed", events.Current.EventType);
    }

    [Fact]
    public async Task One_client_has_a_few_streams_of_events_and_another_when_one_ends()
    {
        var path = $"/api/v1{await OpenAsync(Ct)}/events";
        var streams = new List<HttpResponseMessage>();
        while (streams.Count < TestLimits.WatchersPerClient)
        {
            streams.Add(await site.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Ct));
            if (streams[^1].StatusCode == HttpStatusCode.OK)
                continue;

            streams.RemoveAt(streams.Count - 1); // one of the test before has not ended yet
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Ct);
        }

        using (var refused = await site.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Ct))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(30), refused.Headers.RetryAfter?.Delta);
            Assert.True(refused.Headers.CacheControl?.NoStore);
        }

        streams[0].Dispose(); // the server sees it a moment later
        for (var status = HttpStatusCode.TooManyRequests; status != HttpStatusCode.OK; )
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Ct);
            using var again = await site.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Ct);
            status = again.StatusCode;
        }

        streams.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task A_program_opens_reads_turns_and_deletes()
    {
        using var opened = await site.Http.PostAsync("/api/v1/sender-test", null, Ct);
        Assert.Equal(HttpStatusCode.Created, opened.StatusCode);
        using var document = JsonDocument.Parse(await opened.Content.ReadAsStringAsync(Ct));
        var key = document.RootElement.GetProperty("key").GetString()!;
        Assert.True(TestKey.IsOne(key));
        var path = $"/api/v1/sender-test/{key}";
        Assert.Equal(path, opened.Headers.Location?.OriginalString);
        Assert.DoesNotContain(key, document.RootElement.GetProperty("test").ToString(), StringComparison.Ordinal);

        foreach (var round in (int[])[1, 2, 2, 3, 3])
        {
            using var turned = await site.Http.PostAsync($"{path}/rounds/{round}", null, Ct);
            using var test = JsonDocument.Parse(await turned.Content.ReadAsStringAsync(Ct));
            Assert.Equal(round, test.RootElement.GetProperty("round").GetInt32());
        }

        Assert.Equal(HttpStatusCode.NoContent, (await site.Http.DeleteAsync(path, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Http.DeleteAsync(path, Ct)).StatusCode);
    }

    [Theory]
    [InlineData("/sender-test/aaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("/sender-test/x")]
    [InlineData("/sender-test/%3Cscript%3E")]
    [InlineData("/sender-test/aaaaaaaaaaaaaaaaaaaaaaaaaa/message.eml")]
    [InlineData("/api/v1/sender-test/aaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("/api/v1/sender-test/aaaaaaaaaaaaaaaaaaaaaaaaaa/events")]
    public async Task A_key_that_opens_nothing_is_said_to(string path)
    {
        using var response = await site.Http.GetAsync(path, Ct);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("No such test", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_to_answer_names_every_address()
    {
        var page = await OpenAsync(Ct);
        var addresses = Addresses(await site.Http.GetStringAsync(page, Ct));
        using var response = await site.Http.GetAsync($"{page}/message.eml", Ct);
        Assert.Equal("message/rfc822", response.Content.Headers.ContentType?.MediaType);
        var message = await response.Content.ReadAsStringAsync(Ct);
        Assert.All(addresses, a => Assert.Contains(a, message, StringComparison.Ordinal));
        Assert.DoesNotContain(page.Split('/')[^1], message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_over_HTTPS_is_the_senders_and_settles_its_case()
    {
        var page = await OpenAsync(Ct);
        var address = Assert.Single(
            Addresses(await site.Http.GetStringAsync(page, Ct)),
            a => a.EndsWith("@c25.sender.lab.test", StringComparison.Ordinal)
        );
        await Sender.SendAsync("mx.careless.example", address, Ct);
        Assert.StartsWith("HTTP/1.1 201 ", await ReportAsync("reports.c25.sender.lab.test", Ct), StringComparison.Ordinal);

        using var document = JsonDocument.Parse(await SeenAsync(page, "A TLS report arrived over HTTPS.", Ct));
        Assert.Equal("yes", document.RootElement.GetProperty("overall").GetProperty("tlsReports").GetString());
    }

    private async Task<string> ReportAsync(string host, CancellationToken ct)
    {
        var at = site.Lab.Internet.Domains.SelectMany(d => d.Sites).Single(s => s.Host == host);
        var report = Reports.About(host["reports.".Length..]);
        using var tcp = await LabFixture.ConnectAsync(at.Address, site.Lab.Internet.HttpsPort, ct);
        var (tls, _) = await LabFixture.SecureAsync(tcp.GetStream(), host, ct);
        await using (tls)
            return await LabFixture.ExchangeAsync(
                tls,
                $"POST {at.ReportPath} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/tlsrpt+json\r\nContent-Length: {report.Length}\r\n\r\n{report}",
                ct
            );
    }

    private async Task<string> OpenAsync(CancellationToken ct)
    {
        using var response = await site.Http.PostAsync("/sender-test", null, ct);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        var page = response.Headers.Location!.OriginalString;
        _opened.Add(page);
        return page;
    }

    // What the receivers saw is written down a moment later: reads until it is there.
    private async Task<string> SeenAsync(string page, string words, CancellationToken ct)
    {
        for (; ; )
        {
            var text = await site.Http.GetStringAsync($"/api/v1{page}", ct);
            if (text.Contains(words, StringComparison.Ordinal))
                return text;

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, ct);
        }
    }

    private static string[] Addresses(string html) => [.. Address().Matches(html).Select(m => m.Value).Distinct()];

    [GeneratedRegex("[a-z2-7]{26}(-[2-9])?@[a-z0-9.-]+\\.sender\\.lab\\.test")]
    private static partial Regex Address();
}
