using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Postseal.Server.Configuration;
using Postseal.Server.Hosting;
using Xunit;

namespace Postseal.Tests.Server.Hosting;

/// <summary>What the public listener does with every kind of request: headers, errors, limits, proxies.</summary>
public sealed class PublicSiteTests
{
    private const string ContentPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/", 200)]
    [InlineData("GET", "/healthz", 200)]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("GET", "/api/nothing", 404)]
    [InlineData("GET", "/API/nothing", 404)]
    [InlineData("POST", "/", 405)]
    [InlineData("POST", "/api/test/bug", 405)]
    [InlineData("GET", "/test/bug", 500)]
    [InlineData("GET", "/api/test/bug", 500)]
    [InlineData("GET", "/test/check", 429)]
    [InlineData("GET", "/api/test/check", 429)]
    public async Task Every_response_has_the_headers_and_every_error_a_body_that_fits(string method, string path, int status)
    {
        await using var bench = await SiteBench.StartAsync(Exhausted, new FakeTimeProvider(), Ct);
        using (await bench.Public.GetAsync("/test/check", Ct)) { } // the only check there is

        using var response = await bench.Public.SendAsync(new(method), path, [], null, Ct);
        var body = await response.Content.ReadAsStringAsync(Ct);
        Assert.Equal(status, (int)response.StatusCode);
        AssertHeaders(response);
        if (status == 200)
            return;

        Assert.DoesNotContain("secret of the bug", body, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", body, StringComparison.Ordinal);
        Assert.True(response.Headers.CacheControl?.NoStore);
        var type = response.Content.Headers.ContentType?.ToString();
        if (path.StartsWith("/api/", StringComparison.OrdinalIgnoreCase))
        {
            Assert.StartsWith("application/problem+json", type, StringComparison.Ordinal);
            Assert.Equal(status, JsonDocument.Parse(body).RootElement.GetProperty("status").GetInt32());
        }
        else
        {
            Assert.Equal("text/html; charset=utf-8", type);
            Assert.Contains("<h1>", body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/", 200)]
    [InlineData("/nothing", 404)]
    public async Task Head_is_answered_like_get_without_the_body(string path, int status)
    {
        await using var bench = await SiteBench.StartAsync(c => c, TimeProvider.System, Ct);
        var answer = await RawAsync(bench, $"HEAD {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", Ct);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_is_refused_is_named_and_can_be_asked_for_again()
    {
        await using var bench = await SiteBench.StartAsync(Exhausted, new FakeTimeProvider(), Ct);
        using (await bench.Public.GetAsync("/test/check", Ct)) { } // the only check there is

        using var response = await bench.Public.GetAsync("/check/example.com", Ct);
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        var html = await response.Content.ReadAsStringAsync(Ct);
        Assert.Contains("<h1>Too many checks</h1>", html, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/check/example.com\">Try example.com again</a>", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Scarce.ChecksOfClient, "Too many checks", "From your network address as many")]
    [InlineData(Scarce.ChecksOfAll, "The site is busy", "All visitors together")]
    [InlineData(Scarce.AtATime, "Too many checks at a time", "4 checks from your network address have not ended yet")]
    [InlineData(Scarce.Queue, "The queue is full", "Many domains wait for their check")]
    public void Each_refusal_has_its_own_words(Scarce what, string title, string begin)
    {
        var error = SiteError.NoCheck("a.example", new(what, TimeSpan.FromSeconds(9.1)));
        Assert.Equal((429, title, 10), (error.Status, error.Title, error.RetryAfter));
        Assert.StartsWith(begin, error.Detail, StringComparison.Ordinal);
        Assert.EndsWith(", so a.example was not checked. Please try again in 10 s.", error.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/check/example.com", "so example.com was not checked")]
    [InlineData("/api/v1/check/example.com/events", "so example.com was not checked")]
    [InlineData("/check/example.com", "so example.com was not checked")]
    public async Task Page_and_api_refuse_in_the_same_words(string path, string words)
    {
        await using var bench = await SiteBench.StartAsync(Exhausted, new FakeTimeProvider(), Ct);
        using (await bench.Public.GetAsync("/test/check", Ct)) { } // the only check there is

        using var response = await bench.Public.GetAsync(path, Ct);
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(TimeSpan.FromMinutes(1), response.Headers.RetryAfter?.Delta);
        var text = await response.Content.ReadAsStringAsync(Ct);
        Assert.Contains("Too many checks", text, StringComparison.Ordinal);
        Assert.Contains(words, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE", "/check/example.com", "GET, HEAD, POST")]
    [InlineData("DELETE", "/api/v1/findings", "GET, HEAD")]
    [InlineData("GET", "/api/v1/policy/lint", "POST")]
    public async Task A_wrong_method_is_told_the_right_ones(string method, string path, string allow)
    {
        await using var bench = await SiteBench.StartAsync(c => c, TimeProvider.System, Ct);
        using var response = await bench.Public.SendAsync(new(method), path, [], null, Ct);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(allow, string.Join(", ", response.Content.Headers.Allow));
    }

    [Fact]
    public async Task The_log_tells_of_a_bug_but_neither_query_nor_client()
    {
        var bench = await SiteBench.StartAsync(c => c, TimeProvider.System, Ct);
        await using (bench)
        using (await bench.Public.GetAsync("/test/bug?secret-query", Ct)) { }

        // The line of a request is written after its answer, and before the server has stopped.
        Assert.Contains(bench.Logs.Lines, l => l.Contains("the secret of the bug", StringComparison.Ordinal));
        var ours = bench.Logs.Lines.Where(l =>
            !l.StartsWith("Debug Microsoft", StringComparison.Ordinal)
            && !l.StartsWith("Information Microsoft", StringComparison.Ordinal)
            && !l.StartsWith("Trace", StringComparison.Ordinal)
        ); // what is written: SiteLogs
        Assert.DoesNotContain(ours, l => l.Contains("secret-query", StringComparison.Ordinal));
        Assert.Contains(ours, l => l.StartsWith("Debug web: GET /test/bug 500 ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://check.example", "max-age=31536000", "https://check.example/check/example.com")]
    [InlineData("http://check.example:8080", null, "http://check.example:8080/check/example.com")]
    public async Task The_public_url_decides_links_and_transport_security(string url, string? transport, string link)
    {
        await using var bench = await SiteBench.StartAsync(
            c => c with { Web = c.Web with { PublicUrl = new(url) } },
            TimeProvider.System,
            Ct
        );
        using var response = await bench.Public.GetAsync("/test/link", ("Host", "evil.example"), Ct);
        Assert.Equal(transport, response.Headers.TryGetValues("Strict-Transport-Security", out var v) ? v.Single() : null);
        Assert.Equal(link, await response.Content.ReadAsStringAsync(Ct));
    }

    [Theory]
    [InlineData("192.0.2.0/24", "203.0.113.9", "127.0.0.1 http")]
    [InlineData("127.0.0.1/32", "203.0.113.9", "203.0.113.9 https")]
    [InlineData("127.0.0.1/32", "203.0.113.9, 198.51.100.1", "198.51.100.1 https")]
    [InlineData("127.0.0.1/32", "nonsense", "127.0.0.1 http")]
    public async Task Only_a_trusted_proxy_is_believed_about_the_client(string proxies, string forwarded, string client)
    {
        await using var bench = await SiteBench.StartAsync(
            c => c with { Web = c.Web with { TrustedProxies = [IPNetwork.Parse(proxies)] } },
            TimeProvider.System,
            Ct
        );
        var protocols = string.Join(", ", forwarded.Split(',').Select(_ => "https"));
        Assert.Equal(client, await ClientAsync(bench, [("X-Forwarded-For", forwarded), ("X-Forwarded-Proto", protocols)], Ct));
    }

    [Fact]
    public async Task Without_proxies_nobody_is_believed()
    {
        await using var bench = await SiteBench.StartAsync(c => c, TimeProvider.System, Ct);
        Assert.Equal(
            "127.0.0.1 http",
            await ClientAsync(bench, [("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https")], Ct)
        );
    }

    [Fact]
    public async Task Too_many_requests_are_refused_for_a_whole_number_of_seconds_but_health_is_not()
    {
        var clock = new FakeTimeProvider();
        await using var bench = await SiteBench.StartAsync(
            c => c with { Web = c.Web with { RequestsPerMinute = 7, TrustedProxies = [IPNetwork.Parse("127.0.0.1/32")] } },
            clock,
            Ct
        );
        for (var i = 0; i < 7; i++)
        {
            using var taken = await bench.Public.GetAsync("/nothing", Ct);
            Assert.Equal(HttpStatusCode.NotFound, taken.StatusCode);
        }

        using var refused = await bench.Public.GetAsync("/nothing", Ct);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(9), refused.Headers.RetryAfter?.Delta); // 60 s / 7, rounded up
        Assert.Contains("try again in 9 s", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        for (var i = 0; i < 50; i++)
        {
            using var health = await bench.Public.GetAsync("/healthz", Ct);
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        }

        using var other = await bench.Public.GetAsync("/nothing", ("X-Forwarded-For", "203.0.113.9"), Ct);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        clock.Advance(TimeSpan.FromSeconds(9));
        using var later = await bench.Public.GetAsync("/nothing", Ct);
        Assert.Equal(HttpStatusCode.NotFound, later.StatusCode);
    }

    [Fact]
    public async Task All_clients_together_may_start_so_many_checks_and_no_more()
    {
        await using var bench = await SiteBench.StartAsync(
            c => c with { Web = c.Web with { ChecksPerMinuteTotal = 2, TrustedProxies = [IPNetwork.Parse("127.0.0.1/32")] } },
            new FakeTimeProvider(),
            Ct
        );
        var statuses = new List<int>();
        foreach (var client in new[] { "203.0.113.1", "203.0.113.2", "2001:db8::1" })
        {
            using var response = await bench.Public.GetAsync("/api/test/check", ("X-Forwarded-For", client), Ct);
            statuses.Add((int)response.StatusCode);
        }

        Assert.Equal([200, 200, 429], statuses);
    }

    [Theory]
    [InlineData(65_537, false, 200)]
    [InlineData(65_538, false, 413)]
    [InlineData(65_538, true, 413)]
    public async Task A_body_has_a_bound(int bytes, bool isChunked, int status)
    {
        await using var bench = await SiteBench.StartAsync(c => c, TimeProvider.System, Ct);
        using var body = new ByteArrayContent(new byte[bytes]);
        (string, string)[] headers = isChunked ? [("Transfer-Encoding", "chunked")] : [];
        using var response = await bench.Public.SendAsync(HttpMethod.Post, "/test/body", headers, body, Ct);
        Assert.Equal(status, (int)response.StatusCode);
        AssertHeaders(response);
    }

    [Theory]
    [InlineData("GET /{8200} HTTP/1.1\r\nHost: a\r\n\r\n", 414)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: {16400}\r\n\r\n", 431)]
    [InlineData("nonsense\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    public async Task A_request_out_of_bounds_is_refused_before_anything_is_done(string request, int status)
    {
        await using var bench = await SiteBench.StartAsync(c => c, TimeProvider.System, Ct);
        var full = System.Text.RegularExpressions.Regex.Replace(
            request,
            @"\{(\d+)\}",
            m => new string('x', int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))
        );
        var answer = await RawAsync(bench, full, Ct);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Server:", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Headers_that_never_end_are_not_waited_for()
    {
        await using var bench = await SiteBench.StartAsync(c => c, TimeProvider.System, Ct);
        var answer = await RawAsync(bench, "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ", Ct).WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), answer);
    }

    private static ServerConfiguration Exhausted(ServerConfiguration c) => c with { Web = c.Web with { ChecksPerMinute = 1 } };

    private static void AssertHeaders(HttpResponseMessage response)
    {
        string Header(string name) => string.Join(", ", response.Headers.GetValues(name));
        Assert.Equal(ContentPolicy, Header("Content-Security-Policy"));
        Assert.Equal("nosniff", Header("X-Content-Type-Options"));
        Assert.Equal("strict-origin", Header("Referrer-Policy"));
        Assert.Equal("DENY", Header("X-Frame-Options"));
        Assert.Equal("same-origin", Header("Cross-Origin-Opener-Policy"));
        Assert.Equal("same-origin", Header("Cross-Origin-Resource-Policy"));
        Assert.Contains("geolocation=()", Header("Permissions-Policy"), StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("Strict-Transport-Security"));
        Assert.False(response.Headers.Contains("Server"));
    }

    private static async Task<string> ClientAsync(SiteBench bench, (string, string)[] headers, CancellationToken ct)
    {
        using var response = await bench.Public.SendAsync(HttpMethod.Get, "/test/client", headers, null, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }

    // Sends bytes and reads until the server closes.
    private static async Task<string> RawAsync(SiteBench bench, string request, CancellationToken ct)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, bench.Public.Address.Port, ct);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), ct);
        try
        {
            return await new StreamReader(client.GetStream(), Encoding.ASCII).ReadToEndAsync(ct);
        }
        catch (IOException)
        {
            return ""; // closed hard
        }
    }

    [Theory]
    [InlineData("xn--")]
    [InlineData("a.xn--.test:8080")]
    public async Task A_Host_that_cannot_be_read_is_a_bad_request_and_no_bug(string host)
    {
        await using var bench = await SiteBench.StartAsync(c => c, TimeProvider.System, Ct);
        (string, string)[] headers = [("Host", host), ("Origin", "https://check.example")];
        foreach (
            var (client, method, path) in ((BenchClient, HttpMethod, string)[])
                [
                    (bench.Public, HttpMethod.Post, "/test/body"),
                    (bench.Public, HttpMethod.Get, "/test/link"),
                    (bench.Private, HttpMethod.Get, "/readyz"),
                ]
        )
        {
            using var response = await client.SendAsync(method, path, headers, null, Ct);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }

        Assert.DoesNotContain(bench.Logs.Lines, l => l.StartsWith("Error", StringComparison.Ordinal));
    }
}
