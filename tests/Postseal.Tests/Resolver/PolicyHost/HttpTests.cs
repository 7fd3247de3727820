using System.Globalization;
using System.Text;
using Postseal.Resolver.PolicyHost;
using Xunit;

namespace Postseal.Tests.Resolver.PolicyHost;

/// <summary>The rules about HTTP.</summary>
public sealed class HttpTests : PolicyHostTest
{
    [Fact]
    [Trait("rfc", "8461-3.2-1")]
    [Trait("rfc", "8461-3.3-6")]
    [Trait("rfc", "8461-3.3-16")]
    [Trait("rfc", "8461-7.1-1")]
    public async Task The_request_says_what_it_must_and_nothing_else()
    {
        var request = "";
        await using var server = new RawHttpsServer(
            async (stream, ct) =>
            {
                request = await RawHttpsServer.ReadRequestAsync(stream, ct);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(Response()), ct);
            },
            Good
        );
        var fetch = await FetchAsync(server);

        Assert.Equal(Policy, Body(fetch));
        Assert.Equal(["mta-sts.example.com"], server.Connections);
        Assert.Equal(
            [
                "GET /.well-known/mta-sts.txt HTTP/1.1",
                $"Host: mta-sts.example.com:{server.Port}",
                "Accept: text/plain",
                "User-Agent: postseal/0.1.0",
            ],
            request.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
        );
    }

    [Fact]
    public async Task An_attempt_keeps_the_evidence()
    {
        const string headers =
            "Content-Type: text/plain; charset=utf-8\r\nServer: nginx\r\nAge: 77\r\nCache-Control: max-age=60\r\nExpires: 0\r\n";
        await using var server = new RawHttpsServer(RawHttpsServer.Sends(Response(headers: headers)), Good);
        var attempt = Assert.Single((await FetchAsync(server)).Attempts);

        Assert.Equal(("127.0.0.1", "TLSv1.3"), (attempt.Address.ToString(), attempt.Tls));
        Assert.Equal(["mta-sts.example.com"], attempt.Chain!.Leaf.DnsNames);
        Assert.Equal(
            new HttpResponseFacts(
                200,
                "text/plain; charset=utf-8",
                null,
                "nginx",
                "max-age=60; Expires: 0",
                77,
                LooksLikeChallenge: false
            ),
            attempt.Response
        );
    }

    [Theory]
    [Trait("rfc", "8461-3.3-4")]
    [InlineData("204 No Content")]
    [InlineData("206 Partial Content")]
    [InlineData("404 Not Found")]
    [InlineData("410 Gone")]
    [InlineData("500 Oops")]
    [InlineData("503 Busy")]
    public async Task Only_status_200_makes_a_policy(string status)
    {
        await using var server = new RawHttpsServer(RawHttpsServer.Sends(Response(status: status)), Good);
        var fetch = await FetchAsync(server);

        Assert.Equal((FetchFailure.HttpStatus, false), Failed(fetch));
        Assert.Equal(int.Parse(status[..3], CultureInfo.InvariantCulture), fetch.Attempts[0].Response?.Status);
    }

    [Theory]
    [Trait("rfc", "8461-3.3-5")]
    [InlineData("301 Moved", "https://mta-sts.example.com/other")]
    [InlineData("302 Found", "https://www.example.com/.well-known/mta-sts.txt")]
    [InlineData("304 Not Modified", null)]
    [InlineData("307 Again", "/.well-known/mta-sts.txt")]
    [InlineData("308 Again", "http://[")]
    public async Task A_redirect_is_never_followed(string status, string? location)
    {
        var headers = "Content-Type: text/plain\r\n" + (location is null ? "" : $"Location: {location}\r\n");
        await using var server = new RawHttpsServer(RawHttpsServer.Sends(Response(status: status, headers: headers)), Good);
        var fetch = await FetchAsync(server);

        Assert.Equal((FetchFailure.Redirect, false), Failed(fetch));
        Assert.Equal(location, fetch.Attempts[0].Response?.Location);
        Assert.Single(server.Connections);
    }

    [Theory]
    [Trait("rfc", "8461-3.2-2")]
    [InlineData("Content-Type: text/plain\r\n", true)]
    [InlineData("Content-Type: TEXT/Plain;charset=latin1\r\n", true)]
    [InlineData("Content-Type: text/plain; what\r\n", true)]
    [InlineData("Content-Type: text/plainer\r\n", false)]
    [InlineData("Content-Type: text/html\r\n", false)]
    [InlineData("Content-Type: application/octet-stream\r\n", false)]
    [InlineData("Content-Type:\r\n", false)]
    [InlineData("", false)]
    public async Task The_media_type_is_text_plain(string headers, bool isPolicy)
    {
        await using var server = new RawHttpsServer(RawHttpsServer.Sends(Response(headers: headers)), Good);
        var fetch = await FetchAsync(server);

        if (isPolicy)
            Assert.Equal(Policy, Body(fetch));
        else
            Assert.Equal((FetchFailure.MediaType, false), Failed(fetch));
    }

    [Theory]
    [Trait("rfc", "8461-3.3-16")]
    [InlineData("gzip", false)]
    [InlineData("br", false)]
    [InlineData("identity", true)]
    public async Task A_content_coding_nobody_asked_for_is_refused(string coding, bool isPolicy)
    {
        var headers = $"Content-Type: text/plain\r\nContent-Encoding: {coding}\r\n";
        await using var server = new RawHttpsServer(RawHttpsServer.Sends(Response(headers: headers)), Good);
        var fetch = await FetchAsync(server);

        if (isPolicy)
            Assert.Equal(Policy, Body(fetch));
        else
            Assert.Equal((FetchFailure.ContentCoding, false), Failed(fetch));
    }

    [Theory]
    [Trait("rfc", "8461-3.3-10")]
    [InlineData("announced")]
    [InlineData("chunked")]
    [InlineData("to the end")]
    public async Task The_largest_policy_has_65536_bytes(string framing)
    {
        foreach (var (length, fits) in new[] { (65536, true), (65537, false), (10_000_000, false) })
        {
            await using var server = new RawHttpsServer(RawHttpsServer.Sends(Framed(framing, new string('x', length))), Good);
            var fetch = await FetchAsync(server);

            if (fits)
                Assert.Equal(length, Body(fetch).Length);
            else
                Assert.Equal((FetchFailure.Size, false), Failed(fetch));
        }
    }

    [Fact]
    [Trait("rfc", "8461-3.3-10")]
    public async Task A_body_without_end_is_cut_off()
    {
        await using var server = new RawHttpsServer(
            async (stream, ct) =>
            {
                await RawHttpsServer.Sends("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n")(
                    stream,
                    ct
                );
                while (true)
                    await stream.WriteAsync("4\r\nmore\r\n"u8.ToArray(), ct);
            },
            Good
        );

        Assert.Equal((FetchFailure.Size, false), Failed(await FetchAsync(server)));
    }

    [Fact]
    public async Task Headers_without_end_are_cut_off()
    {
        await using var server = new RawHttpsServer(
            async (stream, ct) =>
            {
                await RawHttpsServer.Sends("HTTP/1.1 200 OK\r\n")(stream, ct);
                while (true)
                    await stream.WriteAsync("X-Filler: yet another header that nobody needs\r\n"u8.ToArray(), ct);
            },
            Good
        );

        Assert.Equal((FetchFailure.HttpProtocol, false), Failed(await FetchAsync(server)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nversion: STSv1")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nversion")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("HTTP/1.1 99999 OK\r\n\r\n")]
    public async Task What_is_not_whole_HTTP_is_no_policy(string bytes)
    {
        await using var server = new RawHttpsServer(RawHttpsServer.Sends(bytes), Good);

        Assert.Equal((FetchFailure.HttpProtocol, false), Failed(await FetchAsync(server)));
    }

    [Fact]
    [Trait("rfc", "8461-3.3-9")]
    public async Task A_policy_that_drips_in_is_given_up_after_a_minute()
    {
        var dripping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawHttpsServer(
            async (stream, ct) =>
            {
                await RawHttpsServer.Sends("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\nv")(
                    stream,
                    ct
                );
                dripping.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
            },
            Good
        );
        var fetch = FetchAsync(server);
        await dripping.Task.WaitAsync(Ct);
        await AdvanceUntilAsync(fetch, TimeSpan.FromSeconds(59.9), isDone: false);
        await AdvanceUntilAsync(fetch, TimeSpan.FromSeconds(0.1), isDone: true);

        Assert.Equal((FetchFailure.Timeout, false), Failed(await fetch));
    }

    [Theory]
    [InlineData("403 Forbidden", "Server: cloudflare\r\nContent-Type: text/html\r\n", "", true)]
    [InlineData("503 Service Unavailable", "cf-mitigated: challenge\r\nContent-Type: text/html\r\n", "", true)]
    [InlineData("200 OK", "Content-Type: text/html\r\n", "<title>Just a moment...</title>", true)]
    [InlineData("403 Forbidden", "Content-Type: text/html; charset=utf-8\r\n", "Please solve this CAPTCHA", true)]
    [InlineData("403 Forbidden", "Content-Type: text/html\r\nServer: nginx\r\n", "<h1>403 Forbidden</h1>", false)]
    [InlineData("404 Not Found", "Content-Type: text/html\r\nServer: cloudflare\r\n", "", false)]
    public async Task A_bot_check_is_recognised_as_a_hint(string status, string headers, string page, bool looksLikeOne)
    {
        await using var server = new RawHttpsServer(RawHttpsServer.Sends(Response(page, status, headers)), Good);

        Assert.Equal(looksLikeOne, (await FetchAsync(server)).Attempts[0].Response?.LooksLikeChallenge);
    }

    private static string Framed(string framing, string body) =>
        framing switch
        {
            "announced" => Response(body),
            "chunked" =>
                $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n",
            _ => $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n{body}",
        };

    private async Task AdvanceUntilAsync(Task fetch, TimeSpan step, bool isDone)
    {
        Clock.Advance(step);
        if (isDone)
            await fetch.WaitAsync(Ct);

        Assert.Equal(isDone, fetch.IsCompleted);
    }
}
