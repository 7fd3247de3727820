using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Sending;

/// <summary>The forms in which Postfix names where mail goes, and what a policy means for each.</summary>
[Collection(SendingStories.Name)]
public sealed class DestinationTests(SendingInternet internet, SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("rfc", "8461-3.4-1")]
    public async Task The_policy_of_a_smart_host_holds_for_all_mail_that_goes_through_it()
    {
        var outcome = await internet.Sender.SendAsync(["relayed.test", "relayed-outside.test"], Ct);

        Assert.Equal("sent", outcome["relayed.test"]);
        Assert.Equal(["Verified"], MailLog.Sessions(outcome.Log, "smart.plain.test"));
        Assert.Equal("deferred 4.7.5", outcome["relayed-outside.test"]);
    }

    [Fact]
    public async Task A_domain_without_a_policy_gets_its_mail_whatever_its_certificate()
    {
        var outcome = await internet.Sender.SendAsync(["unpublished.plain.test"], Ct);

        Assert.Equal("sent", outcome["unpublished.plain.test"]);
        Assert.Equal(["Untrusted"], MailLog.Sessions(outcome.Log, "mx1.unpublished.plain.test"));
    }

    // Debian's Postfix lets .example match deeper labels too (RFC 8461 §4.1: one label only), so it must not see the wildcard.
    [Fact]
    [Trait("rfc", "8461-4.1-1")]
    public async Task A_wildcard_stands_for_one_label_only()
    {
        await shared.Daemon.SaysAsync("wildcard.plain.test", "match=mx2.wildcard.plain.test", Ct);
        var outcome = await internet.Sender.SendAsync(["wildcard.plain.test"], Ct);

        Assert.Equal("sent", outcome["wildcard.plain.test"]);
        Assert.Equal("mx2.wildcard.plain.test", outcome.To["wildcard.plain.test"].Relay);
    }

    [Fact]
    public async Task A_domain_written_in_its_own_script_is_the_same_domain()
    {
        string[] both = ["bücher.plain.test", "xn--bcher-kva.plain.test"];

        var outcome = await internet.Sender.SendAsync(both, Ct);

        Assert.All(both, domain => Assert.Equal("deferred 4.7.5", outcome[domain]));
        Assert.All(both, domain => Assert.Empty(internet.Arrivals(domain)));
    }

    [Fact]
    [Trait("rfc", "8461-5.1-1")]
    public async Task A_policy_that_changed_is_obeyed_as_soon_as_it_is_looked_up_again()
    {
        const string domain = "changes.plain.test";
        Assert.Equal("sent", (await internet.Sender.SendAsync([domain], Ct))[domain]);

        var site = internet.Sites.Single(s => s.Site.Domain == domain);
        await internet.PublishAsync(site with { Site = site.Site with { Mode = "enforce" } }, "2", Ct);
        await shared.Daemon.RefreshAsync(domain, Ct);

        Assert.Equal("deferred 4.7.5", (await internet.Sender.SendAsync([domain], Ct))[domain]);
    }
}
