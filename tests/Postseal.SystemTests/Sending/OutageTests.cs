using System.Text.Json;
using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Sending;

/// <summary>What happens to mail when the daemon, DNS or the policy hosts are gone.</summary>
[Collection(SendingStories.Name)]
public sealed class OutageTests(SendingInternet internet) : IAsyncLifetime
{
    private const int PerDomain = 34;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static IReadOnlyList<string> Good { get; } = [.. SenderSites.Loaded.Select(s => s.Domain)];

    private static IReadOnlyList<string> InVain { get; } = [.. SenderSites.LoadedInVain.Select(s => s.Domain)];

    // Whatever a story took away, the next one finds in place.
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_cut.Count == 0)
            return;

        await internet.RestorePolicyLookupsAsync(_cut, Ct);
        await internet.StartPolicyHostsAsync(Ct);
    }

    private IReadOnlyList<string> _cut = [];

    [Fact]
    [Trait("rfc", "8461-5.1-2")]
    public async Task A_daemon_killed_under_load_and_started_again_loses_no_policy_and_no_mail()
    {
        var folder = internet.NewFolder();
        await internet.Sender.EmptyQueueAsync(Ct);
        await using (var killed = await PolicyDaemon.StartAsync(internet, folder, [], Ct))
        {
            var mark = internet.Sender.Server.LogLength;
            var load = SubmitHalfAsync("n");
            foreach (var domain in Good)
                await internet.ArrivalsAsync(domain, 1, Ct);
            foreach (var domain in InVain)
                await internet.Sender.WaitForOutcomeAsync($"n@{domain}>", mark, Ct);

            await killed.Server.SignalAsync("KILL", Ct);
            await killed.Server.WaitForEndAsync(Ct);
            await load;
            await SubmitHalfAsync("o"); // so that some of it surely was not through before
            Assert.True(
                Good.Sum(d => internet.Arrivals(d).Count) < PerDomain * Good.Count,
                "All mail was through before the kill."
            );
        }

        await CutAsync([.. Good, .. InVain]);
        await using var daemon = await PolicyDaemon.StartAsync(internet, folder, [], Ct);
        foreach (var domain in Good.Concat(InVain))
            Assert.Contains($"OK secure match=mx1.{domain} ", await daemon.ExplainAsync(domain, Ct), StringComparison.Ordinal);

        var restarted = internet.Sender.Server.LogLength;
        await FlushUntilOnlyAsync(InVain);

        foreach (var domain in Good)
            Assert.Equal(PerDomain, (await internet.ArrivalsAsync(domain, PerDomain, Ct)).DistinctBy(a => a.Recipient).Count());
        foreach (var domain in InVain)
            Assert.Empty(internet.Arrivals(domain));
        Assert.Equal(PerDomain * InVain.Count, await SettledAsync(PerDomain * InVain.Count));
        // Not for want of an answer, but because the policy is still known.
        var tries = MailLog.Deliveries(internet.Sender.Server.LogFrom(restarted)).ToList();
        Assert.Contains(
            tries,
            d =>
                d.Recipient.EndsWith("@vain1.plain.test", StringComparison.Ordinal)
                && d.Reason.Contains("certificate not verified", StringComparison.Ordinal)
        );
        Assert.Contains(tries, d => d.Recipient.EndsWith("@vain2.plain.test", StringComparison.Ordinal) && d.Dsn == "4.7.4");
    }

    [Fact]
    [Trait("rfc", "8461-5.1-3")]
    public async Task Known_policies_are_enforced_while_DNS_and_the_policy_hosts_are_gone()
    {
        string[] domains = ["cut-good.plain.test", "cut-bad.plain.test"];
        await using var daemon = await PolicyDaemon.StartAsync(internet, internet.NewFolder(), [], Ct);
        var before = await internet.Sender.SendAsync(domains, Ct);

        await CutAsync([.. domains, "cut-new.plain.test"]);
        var after = await internet.Sender.SendAsync([.. domains, "cut-new.plain.test"], Ct);

        Assert.Equal(["sent", "deferred 4.7.5"], domains.Select(d => before[d]));
        Assert.Equal(["sent", "deferred 4.7.5"], domains.Select(d => after[d]));
        Assert.Equal(["Verified"], MailLog.Sessions(after.Log, "mx1.cut-good.plain.test"));
        Assert.Contains("certificate not verified", after.To["cut-bad.plain.test"].Reason, StringComparison.Ordinal);
        // Of this one nothing was ever known: RFC 8461 §3.3 delivers as if there were no policy.
        Assert.Equal("sent", after["cut-new.plain.test"]);
    }

    [Fact]
    public async Task An_operator_may_have_mail_wait_where_the_policy_cannot_be_looked_up()
    {
        await CutAsync(["cut-held.plain.test"]);
        await using var daemon = await PolicyDaemon.StartAsync(internet, internet.NewFolder(), ["--temp-on", "dns"], Ct);

        var outcome = await internet.Sender.SendAsync(["cut-held.plain.test"], Ct);

        Assert.Equal("deferred for want of an answer", outcome["cut-held.plain.test"]);
        Assert.Empty(internet.Arrivals("cut-held.plain.test"));
    }

    private Task SubmitHalfAsync(string name) =>
        Task.WhenAll(Good.Concat(InVain).Select(d => internet.Sender.SubmitManyAsync(name, d, PerDomain / 2, Ct)));

    private async Task CutAsync(IReadOnlyList<string> domains)
    {
        _cut = domains;
        await internet.CutPolicyLookupsAsync(domains, Ct);
        await internet.StopPolicyHostsAsync();
    }

    // What failed while the daemon was down may have come back after the last flush.
    private async Task FlushUntilOnlyAsync(IReadOnlyList<string> domains) =>
        Assert.True(
            await Until.IsSoAsync(
                async () =>
                {
                    if ((await QueuedAsync()).All(to => domains.Any(d => to.EndsWith('@' + d))))
                        return true;

                    await internet.Sender.FlushAsync(Ct);
                    return false;
                },
                Ct
            ),
            "Mail that can be delivered stays in the queue."
        );

    // How many are queued, once it is so many or has not become so for long.
    private async Task<int> SettledAsync(int expected)
    {
        var queued = 0;
        await Until.IsSoAsync(async () => (queued = (await QueuedAsync()).Count) == expected, Ct);
        return queued;
    }

    // A message on its way from one queue to another may be listed in both, or in neither.
    private async Task<IReadOnlySet<string>> QueuedAsync() =>
        (await internet.Sender.QueueAsync(Ct))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("recipients"))
            .SelectMany(recipients => recipients.EnumerateArray())
            .Select(recipient => recipient.GetProperty("address").GetString()!)
            .ToHashSet();
}
