using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Sending;

/// <summary>DANE goes before MTA-STS (RFC 8461 §2) and is judged host by host (RFC 7672 §2.2).</summary>
[Collection(SendingStories.Name)]
public sealed class DaneTests(SendingInternet internet)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("rfc", "8461-2-1")]
    public async Task What_TLSA_records_say_decides_and_one_broken_host_does_not_block_the_domain()
    {
        await using var daemon = await PolicyDaemon.StartAsync(internet, internet.NewFolder(), [], Ct);
        string[] names = ["dane-good", "dane-bad-sts-good", "dane-partial", "dane-partial-sts", "dane-one-broken"];
        await daemon.SaysAsync("dane-bad-sts-good.secure.test", "OK dane-only", Ct);
        await daemon.SaysAsync("dane-partial-sts.secure.test", "OK dane-only", Ct);

        var outcome = await internet.Sender.SendAsync([.. names.Select(n => $"{n}.secure.test")], Ct);

        // The self-signed certificate is as good as its TLSA record.
        Assert.Equal("sent", outcome["dane-good.secure.test"]);
        Assert.Equal(["Verified"], MailLog.Sessions(outcome.Log, "mx1.dane-good.secure.test"));
        // A valid policy does not rescue a host whose TLSA records are wrong.
        Assert.Equal("deferred 4.7.5", outcome["dane-bad-sts-good.secure.test"]);
        // The host without TLSA is good enough where no policy says otherwise; with an enforce policy it is not, as Postfix takes one for all.
        Assert.Equal("sent", outcome["dane-partial.secure.test"]);
        Assert.Equal("mx2.dane-partial.secure.test", outcome.To["dane-partial.secure.test"].Relay);
        Assert.StartsWith("deferred 4.7.", outcome["dane-partial-sts.secure.test"], StringComparison.Ordinal);
        // The TLSA look-up of mx1 fails.
        Assert.Equal("sent", outcome["dane-one-broken.secure.test"]);
        Assert.Equal(["Verified"], MailLog.Sessions(outcome.Log, "mx2.dane-one-broken.secure.test"));
        Assert.Equal(["mx2.dane-one-broken.secure.test"], await HostsAsync("dane-one-broken.secure.test"));
        Assert.Empty(internet.Arrivals("dane-bad-sts-good.secure.test"));
        Assert.Empty(internet.Arrivals("dane-partial-sts.secure.test"));
    }

    private async Task<IEnumerable<string>> HostsAsync(string domain) =>
        (await internet.ArrivalsAsync(domain, 1, Ct)).Select(a => a.Host);
}
