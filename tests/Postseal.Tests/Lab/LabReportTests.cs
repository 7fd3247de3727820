using Postseal.Lab.Domains;
using Postseal.Lab.Watching;
using Xunit;

namespace Postseal.Tests.Lab;

/// <summary>Servers that take TLS reports over HTTPS (RFC 8460 §5.4): what they take, what they answer.</summary>
public sealed class LabReportTests
{
    private const string Path = "/v1/tls-reports";
    private const string Post = $"POST {Path} HTTP/1.1";
    private const string Json = "Content-Type: application/tlsrpt+json";
    private const string Chunked = "Transfer-Encoding: chunked";
    private const int Longest = 4 * 1024 * 1024;

    private static readonly LabDomain Domain = LabDomains
        .All.Single(d => d.Name == "testing.lab.test")
        .Site(s => s with { ReportPath = Path });

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("rfc", "8460-5.4-2")]
    [InlineData(Json, 2, "Content-Length: 2\r\n\r\n{}")]
    [InlineData("content-type:Application/TLSRPT+gzip; charset=x", 5, "content-length:5\r\n\r\n\u001f\u008b\0\r\n")]
    [InlineData(Json, 2, "Content-Length: 2\r\n\r\n{}GET / HTTP/1.1\r\n\r\n")]
    [InlineData(Json, 7, $"{Chunked}\r\n\r\n5;a=b\r\n{{\r\n 1\r\n2\r\n2}}\r\n0\r\nX: y\r\n\r\n")]
    public async Task A_report_is_taken_and_told_with_its_type_and_length(string type, int length, string rest)
    {
        var (response, lab) = await ExchangeAsync($"{Post}\r\n{type}\r\n{rest}");
        Assert.StartsWith("HTTP/1.1 201 Created\r\nConnection: close\r\n", response, StringComparison.Ordinal);
        var reported = Assert.Single(lab.Of<Observation.Reported>());
        Assert.Equal(
            ("mta-sts.testing.lab.test", type[(type.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim(), length, "127.0.0.1"),
            (reported.Host, reported.ContentType, reported.Length, reported.Client?.ToString())
        );
        Assert.Empty(lab.Of<Observation.Fetched>());
    }

    [Theory]
    [InlineData("405 Method Not Allowed", $"GET {Path} HTTP/1.1")]
    [InlineData("405 Method Not Allowed", $"PUT {Path} HTTP/1.1", "Content-Length: 2")]
    [InlineData("404 Not Found", "POST /v1/other HTTP/1.1", Json, "Content-Length: 2")]
    [InlineData("404 Not Found", "POST /.well-known/mta-sts.txt HTTP/1.1", Json, "Content-Length: 2")]
    [InlineData("404 Not Found", "POST ", Json, "Content-Length: 2")]
    [InlineData("415 Unsupported Media Type", Post, "Content-Length: 2")]
    [InlineData("415 Unsupported Media Type", Post, "Content-Type: application/json", "Content-Length: 2")]
    [InlineData("415 Unsupported Media Type", Post, "Content-Type: ;;", "Content-Length: 2")]
    [InlineData("411 Length Required", Post, Json)]
    [InlineData("400 Bad Request", Post, Json, "Content-Length: 0")]
    [InlineData("400 Bad Request", Post, Json, "Content-Length: -2")]
    [InlineData("400 Bad Request", Post, Json, "Content-Length: 99999999999999999999")]
    [InlineData("400 Bad Request", Post, Json, "Content-Length: 2", "Content-Length: 3")]
    [InlineData("400 Bad Request", Post, Json, "Content-Length: 2", Chunked)]
    [InlineData("501 Not Implemented", Post, Json, "Transfer-Encoding: gzip, chunked")]
    [InlineData("400 Bad Request", Post, Json, $"{Chunked}\r\n\r\nxy\r\n")]
    [InlineData("400 Bad Request", Post, Json, $"{Chunked}\r\n\r\n-1\r\n")]
    [InlineData("400 Bad Request", Post, Json, $"{Chunked}\r\n\r\nfffffffff\r\n")]
    [InlineData("400 Bad Request", Post, Json, $"{Chunked}\r\n\r\n1\r\nab\r\n")]
    [InlineData("400 Bad Request", Post, Json, $"{Chunked}\r\n\r\n0\r\n")]
    [InlineData("404 Not Found", "POST /v1/other HTTP/1.1", Json, "Content-Length: 2", "Expect: 100-continue")]
    [InlineData("413 Content Too Large", Post, Json, "Content-Length: 4194305", "Expect: 100-continue")]
    public async Task All_else_is_refused_with_the_reason_and_seen_as_a_request(string status, params string[] lines)
    {
        var (response, lab) = await ExchangeAsync(string.Join("\r\n", lines) + "\r\n\r\n{}");
        Assert.StartsWith($"HTTP/1.1 {status}\r\n", response, StringComparison.Ordinal);
        Assert.Equal(
            status.StartsWith("405", StringComparison.Ordinal),
            response.Contains("Allow: POST", StringComparison.Ordinal)
        );
        Assert.Equal(status[..3], $"{Assert.Single(lab.Of<Observation.Fetched>()).Status}");
        Assert.Empty(lab.Of<Observation.Reported>());
    }

    [Fact]
    public async Task A_client_that_waits_to_be_told_is_told()
    {
        var (response, lab) = await ExchangeAsync($"{Post}\r\n{Json}\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{{}}");
        Assert.StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n", response, StringComparison.Ordinal);
        Assert.Single(lab.Of<Observation.Reported>());
    }

    [Theory]
    [InlineData(Longest, "201 Created")]
    [InlineData(Longest + 1, "413 Content Too Large")]
    public async Task A_report_has_a_bounded_length_however_it_is_sent(int length, string status)
    {
        var body = new string('x', length);
        var (plain, _) = await ExchangeAsync($"{Post}\r\n{Json}\r\nContent-Length: {length}\r\n\r\n{body}");
        Assert.StartsWith($"HTTP/1.1 {status}\r\n", plain, StringComparison.Ordinal);
        var (chunked, _) = await ExchangeAsync($"{Post}\r\n{Json}\r\n{Chunked}\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status}\r\n", chunked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_cut_off_is_no_report()
    {
        var lab = await Watched.StartAsync(Domain, Ct);
        await using (lab)
        {
            using var tcp = await LabFixture.ConnectAsync(Domain.Sites[0].Address, lab.Internet.HttpsPort, Ct);
            var (tls, _) = await LabFixture.SecureAsync(tcp.GetStream(), Domain.Sites[0].Host, Ct);
            await using (tls)
            {
                await tls.WriteAsync(
                    System.Text.Encoding.ASCII.GetBytes($"{Post}\r\n{Json}\r\nContent-Length: 3\r\n\r\n{{}}"),
                    Ct
                );
                tcp.Client.Shutdown(System.Net.Sockets.SocketShutdown.Send);
                Assert.Equal(0, await tls.ReadAsync(new byte[1], Ct));
            }
        }
        Assert.Empty(lab.Seen);
    }

    private static async Task<(string Response, Watched Lab)> ExchangeAsync(string request)
    {
        var lab = await Watched.StartAsync(Domain, Ct);
        await using (lab)
        {
            using var tcp = await LabFixture.ConnectAsync(Domain.Sites[0].Address, lab.Internet.HttpsPort, Ct);
            var (tls, _) = await LabFixture.SecureAsync(tcp.GetStream(), Domain.Sites[0].Host, Ct);
            await using (tls)
                return (await LabFixture.ExchangeAsync(tls, request, Ct), lab);
        }
    }
}
