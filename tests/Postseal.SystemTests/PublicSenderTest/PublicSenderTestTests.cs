using System.Net.Http.Json;
using System.Text.Json;
using Postseal.Server.SenderTest.Documents;

namespace Postseal.SystemTests.PublicSenderTest;

/// <summary>The sender test in public, from its zone file to its verdicts, with real servers all around.</summary>
public sealed class PublicSenderTestTests(PublicInternet internet) : IClassFixture<PublicInternet>
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    // Reports come on the next day; nobody has an expired certificate on the first day, or one that is not valid yet.
    private static readonly string[] NotOffered = ["C3", "C5"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_domain_is_as_it_should_be()
    {
        await internet.ForgetAsync(Ct);
        var run = await internet.VerifyAsync(Ct);
        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    [Trait("rfc", "8461-5-1")]
    [Trait("rfc", "8461-2-1")]
    public async Task A_sender_that_honours_MTA_STS_and_DANE_is_found_to_do_so()
    {
        using var site = internet.Visit();
        using var opened = await site.PostAsync("/api/v1/sender-test", null, Ct);
        var test = (await opened.Content.ReadFromJsonAsync<OpenedTest>(Json, Ct))!;
        var result = await RunAsync(site, test);
        // Its domains have changed with the second message; whoever verifies them next finds them as they were.
        using var deleted = await site.DeleteAsync($"/api/v1/sender-test/{test.Key}", Ct);
        TestContext.Current.TestOutputHelper?.WriteLine(JsonSerializer.Serialize(result, Json));
        Assert.Equal(NotOffered, With(result, "not-offered"));
        Assert.Empty(With(result, "fail"));
        // Told after a third message, or on the next day; or when the sender gives up that never connected.
        Assert.Equal(["C18", "C20", "C25"], With(result, "inconclusive"));
        Assert.Equal("yes", result.Overall.MtaSts);
        Assert.Equal("yes", result.Overall.Dane);
        Assert.Equal("yes", result.Overall.Precedence);
    }

    private async Task<TestDocument> RunAsync(HttpClient site, OpenedTest test)
    {
        await SendAsync(test.Test);
        using var turned = await site.PostAsync($"/api/v1/sender-test/{test.Key}/rounds/2", null, Ct);
        var second = (await turned.Content.ReadFromJsonAsync<TestDocument>(Json, Ct))!;
        await SendAsync(second);
        return await VerdictAsync(site, test.Key);
    }

    private async Task SendAsync(TestDocument test)
    {
        string[] addresses = [.. test.Cases.Where(c => c.Address is not null).Select(c => c.Address!)];
        await internet.ForgetAsync(Ct);
        var mark = internet.Sender.Server.LogLength;
        await internet.Sender.SubmitAsync(addresses, Ct);
        foreach (var address in addresses)
            await internet.Sender.WaitForOutcomeAsync($"to=<{address}>", mark, Ct);
    }

    // What the servers saw last is told a moment after the sender has logged it.
    private static async Task<TestDocument> VerdictAsync(HttpClient site, string key)
    {
        using var events = new StreamReader(await site.GetStreamAsync($"/api/v1/sender-test/{key}/events", Ct));
        TestDocument? last = null;
        while (await events.ReadLineAsync(Ct) is { } line)
        {
            if (line.StartsWith("data: {", StringComparison.Ordinal))
                last = JsonSerializer.Deserialize<TestDocument>(line["data: ".Length..], Json);
            else if (
                line.StartsWith("event: waiting", StringComparison.Ordinal)
                || last is not null && With(last, "inconclusive").Length <= 3
            )
                break;
        }
        return last!;
    }

    private static string[] With(TestDocument test, string verdict) =>
        [.. test.Cases.Where(c => c.Verdict == verdict).Select(c => c.Id)];
}
