namespace Postseal.SystemTests.Sending;

/// <summary>The modes of a policy against the faults of a mail server (RFC 8461 §5).</summary>
[Collection(SendingStories.Name)]
public sealed class MatrixTests(SendingInternet internet)
{
    [Fact]
    [Trait("rfc", "8461-5-1")]
    public async Task Only_enforce_holds_mail_back_and_only_from_a_mail_server_that_is_not_in_order()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var daemon = await PolicyDaemon.StartAsync(internet, internet.NewFolder(), [], ct);
        var all = SenderSites.Modes.SelectMany(m => SenderSites.Faults.Keys.Select(f => $"{m}-{f}.plain.test")).ToList();

        var outcome = await internet.Sender.SendAsync(all, ct);

        // 4.7.4: TLS is required but was not offered; 4.7.5: the certificate is not the one wanted.
        var expected = all.Select(domain =>
            domain switch
            {
                "enforce-good.plain.test" => $"{domain} sent",
                "enforce-no-starttls.plain.test" => $"{domain} deferred 4.7.4",
                _ when domain.StartsWith("enforce", StringComparison.Ordinal) => $"{domain} deferred 4.7.5",
                _ => $"{domain} sent",
            }
        );
        Assert.Equal(expected, all.Select(domain => $"{domain} {outcome[domain]}"));
        foreach (var domain in all)
        {
            var expectedCount = outcome[domain] == "sent" ? 1 : 0;
            Assert.Equal(expectedCount, (await internet.ArrivalsAsync(domain, expectedCount, ct)).Count);
        }
    }
}
