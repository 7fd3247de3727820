using System.Net;
using System.Net.Sockets;
using System.Text;
using Postseal.Server.Hosting;
using Xunit;

namespace Postseal.Tests.Server.Hosting;

/// <summary>Start, stop, and the two listeners apart.</summary>
public sealed class SiteServerTests
{
    private static readonly TimeProvider Clock = TimeProvider.System;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_listeners_answer_at_once_and_each_serves_its_own_pages_only()
    {
        await using var bench = await SiteBench.StartAsync(c => c, Clock, Ct);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(bench.Public, "/", Ct));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(bench.Public, "/healthz", Ct));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(bench.Public, "/metrics", Ct));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(bench.Public, "/readyz", Ct));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(bench.Private, "/healthz", Ct));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(bench.Private, "/readyz", Ct));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(bench.Private, "/metrics", Ct));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(bench.Private, "/", Ct));
    }

    [Fact]
    public async Task With_a_token_the_private_listener_tells_nothing_but_its_health_to_who_does_not_bring_it()
    {
        await using var bench = await SiteBench.StartAsync(
            c => c with { Private = c.Private with { Token = new("open-sesame-1234567") } },
            Clock,
            Ct
        );
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(bench.Private, "/healthz", Ct));
        foreach (var path in new[] { "/metrics", "/readyz", "/nothing" })
        {
            using var refused = await bench.Private.GetAsync(path, Ct);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.ToString());
            using var wrong = await bench.Private.GetAsync(path, ("Authorization", "Bearer open-sesame-123456"), Ct);
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }

        using var right = await bench.Private.GetAsync("/metrics", ("Authorization", "Bearer open-sesame-1234567"), Ct);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_by_its_address()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = (IPEndPoint)other.LocalEndpoint;
        var e = await Assert.ThrowsAsync<SiteStartException>(() =>
            SiteBench.StartAsync(c => c with { Web = new() { Listen = [taken] } }, Clock, Ct)
        );
        Assert.Contains(taken.ToString(), e.Message, StringComparison.Ordinal);
        Assert.Contains("in use", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_that_is_a_file_is_told()
    {
        var file = typeof(SiteServerTests).Assembly.Location;
        var e = await Assert.ThrowsAsync<SiteStartException>(() =>
            SiteBench.StartAsync(c => c with { DataDirectory = file }, Clock, Ct)
        );
        Assert.Equal($"--data takes a folder, and {file} is a file", e.Message);
    }

    [Fact]
    public async Task A_data_folder_that_is_not_there_is_told()
    {
        var e = await Assert.ThrowsAsync<SiteStartException>(() =>
            SiteBench.StartAsync(c => c with { DataDirectory = "/nonexistent/postseal" }, Clock, Ct)
        );
        Assert.Equal("the data folder /nonexistent/postseal does not exist: make it, or name another with --data", e.Message);
    }

    [Fact]
    public async Task A_stop_ends_requests_that_would_run_for_ever()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var bench = await SiteBench.StartAsync(c => c, clock, Ct);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, bench.Server.PublicAddress.Port, Ct);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET /test/endless HTTP/1.1\r\nHost: a\r\n\r\n"), Ct);
        var buffer = new byte[4096];
        Assert.NotEqual(0, await stream.ReadAsync(buffer, Ct));

        var stopping = bench.DisposeAsync().AsTask();
        Assert.False(stopping.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(11));
        await stopping.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.Contains(bench.Logs.Lines, l => l.Contains("server: stopped", StringComparison.Ordinal));
    }

    private static async Task<HttpStatusCode> StatusAsync(BenchClient client, string path, CancellationToken ct)
    {
        using var response = await client.GetAsync(path, ct);
        return response.StatusCode;
    }
}
