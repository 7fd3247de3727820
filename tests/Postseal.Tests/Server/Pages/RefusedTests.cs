using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Postseal.Lab;
using Postseal.Server.Configuration;
using Postseal.Server.Demo;
using Postseal.Server.Hosting;
using Postseal.Server.Pages;
using Postseal.Server.Pages.Views;
using Postseal.Tests.Server.Hosting;
using Xunit;

namespace Postseal.Tests.Server.Pages;

/// <summary>A new check is refused; what is remembered of the domain is given instead, and said to be old.</summary>
public sealed class RefusedTests
{
    private readonly FakeTimeProvider _clock = new(new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_last_result_is_shown_with_its_age()
    {
        await using var lab = await LabInternet.StartAsync(new() { Clock = _clock }, Ct);
        await using var bench = await SiteBench.StartAsync(c => OneCheck(c, lab), _clock, Ct);
        await ReadAsync(bench, "/check/cert-expired.lab.test", HttpStatusCode.OK);
        _clock.Advance(TimeSpan.FromHours(3));
        await ReadAsync(bench, "/check/healthy.lab.test", HttpStatusCode.OK); // the only check of this minute

        var html = await ReadAsync(bench, "/check/cert-expired.lab.test", HttpStatusCode.TooManyRequests);
        Assert.Contains("so cert-expired.lab.test was not checked", html, StringComparison.Ordinal);
        Assert.Contains("<h2 id=\"last\">What the last check showed</h2>", html, StringComparison.Ordinal);
        Assert.Contains("It was made 3 hours ago", html, StringComparison.Ordinal);
        Assert.Contains("<strong>Yes</strong>", html, StringComparison.Ordinal);

        html = await ReadAsync(bench, "/check/nothing.lab.test", HttpStatusCode.TooManyRequests);
        Assert.DoesNotContain("What the last check showed", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_left_out_of_a_large_result_is_said()
    {
        var whole = Postseal.Checks.Json.CheckDocuments.Of(Postseal.Checks.CheckResult.Of(Checks.FactsBuilder.Healthy()));
        var error = SiteError.Of(StatusCodes.Status429TooManyRequests) with
        {
            Last = whole with { LeftOut = ["these", "those"] },
        };

        var html = await Html.OfAsync<ErrorView, ErrorModel>(new(error, _clock.GetUtcNow()), Ct);
        Assert.Contains("It was too large to be kept whole. Left out: these; those.", html, StringComparison.Ordinal);
        html = await Html.OfAsync<ErrorView, ErrorModel>(new(error with { Last = whole }, _clock.GetUtcNow()), Ct);
        Assert.DoesNotContain("too large", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_reads_what_is_remembered_without_a_new_check()
    {
        await using var lab = await LabInternet.StartAsync(new() { Clock = _clock }, Ct);
        await using var bench = await SiteBench.StartAsync(c => OneCheck(c, lab), _clock, Ct);
        const string kept = "/api/v1/check/cert-expired.lab.test/kept";
        await ReadAsync(bench, kept, HttpStatusCode.NotFound);
        await ReadAsync(bench, "/api/v1/check/cert-expired.lab.test", HttpStatusCode.OK);

        var text = await ReadAsync(bench, kept, HttpStatusCode.OK);
        using var document = JsonDocument.Parse(text);
        Assert.Equal("2026-11-25T12:00:00Z", document.RootElement.GetProperty("checkedAt").GetString());
        Assert.Equal(text, await ReadAsync(bench, $"{kept}?at=2026-11-26T00:00:00Z", HttpStatusCode.OK));
        await ReadAsync(bench, $"{kept}?at=2026-11-25T11:00:00Z", HttpStatusCode.NotFound);
        await ReadAsync(bench, $"{kept}?at=yesterday", HttpStatusCode.BadRequest);
        await ReadAsync(bench, "/api/v1/check/-x-/kept", HttpStatusCode.BadRequest);
    }

    private static async Task<string> ReadAsync(SiteBench bench, string path, HttpStatusCode status)
    {
        using var response = await bench.Public.GetAsync(path, Ct);
        Assert.Equal(status, response.StatusCode);
        return await response.Content.ReadAsStringAsync(Ct);
    }

    private static ServerConfiguration OneCheck(ServerConfiguration configuration, LabInternet lab)
    {
        var demo = DemoCommand.Configuration(lab, 0, configuration.DataDirectory);
        return demo with { Web = demo.Web with { ChecksPerMinute = 1 } };
    }
}
