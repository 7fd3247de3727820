using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.PolicyHost;
using Postseal.Resolver.Sts;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Resolver.Sts;

/// <summary>Policies kept alive, and their ends.</summary>
public sealed class RefresherTests : IDisposable
{
    private static readonly DomainName Domain = DomainName.Parse("example.com");

    private readonly FakeInternet _internet = new();
    private readonly ConcurrentQueue<PolicyNotice> _notices = new();
    private readonly PolicyResolver _resolver;
    private readonly Refresher _refresher;

    public RefresherTests()
    {
        _resolver = _internet.NewResolver(new() { Notify = _notices.Enqueue, Random = new(1) });
        _refresher = new(_resolver, _internet.Clock);
        _internet.Publish("1", StsMode.Enforce);
    }

    public void Dispose() => _resolver.Dispose();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("rfc", "8461-3.3-13")]
    [Trait("rfc", "8461-10.2-2")]
    public async Task A_policy_nobody_changes_is_fetched_about_daily_and_never_ends()
    {
        await _resolver.ResolveAsync(Domain, Ct);
        var fetches = await RunAsync(TimeSpan.FromDays(30));

        Assert.InRange(fetches.Count, 30 / 1.25 - 1, 30 / 0.75 + 1);
        Assert.True(fetches.Distinct().Count() > 5, "the hours of the day differ");
        Assert.IsType<StsLookup.Found>(await _resolver.ResolveAsync(Domain, Ct));
    }

    [Fact]
    [Trait("rfc", "8461-10.2-2")]
    public async Task A_record_that_vanished_does_not_keep_the_policy_from_being_renewed()
    {
        await _resolver.ResolveAsync(Domain, Ct);
        _internet.Dns.Become("");
        await RunAsync(TimeSpan.FromDays(20));

        Assert.True(_resolver.Find(Domain)!.Live(_internet.Clock.GetUtcNow()) is { Id: "1" });
    }

    [Fact]
    [Trait("rfc", "8461-10.2-4")]
    public async Task A_policy_of_a_day_is_renewed_well_before_it_ends()
    {
        _internet.Publish("1", StsMode.Enforce, 86400);
        await _resolver.ResolveAsync(Domain, Ct);
        for (var hour = 0; hour < 200; hour++)
        {
            await RunAsync(TimeSpan.FromHours(1));
            var live = _resolver.Find(Domain)!.Live(_internet.Clock.GetUtcNow());
            Assert.NotNull(live);
            Assert.True(live.ExpiresAt - _internet.Clock.GetUtcNow() > TimeSpan.FromHours(24 * 0.29));
        }
    }

    [Fact]
    [Trait("rfc", "8461-3.3-14")]
    [Trait("rfc", "8461-10.2-3")]
    public async Task A_policy_that_cannot_be_refreshed_is_said_once_a_day_and_its_end_is_journaled()
    {
        await _resolver.ResolveAsync(Domain, Ct);
        _internet.Host.Fail("example.com", FetchFailure.Tcp);
        await RunAsync(TimeSpan.FromDays(8));

        var warnings = _notices.OfType<PolicyNotice.NotRefreshed>().ToList();
        Assert.InRange(warnings.Count, 5, 8);
        Assert.False(warnings[0].IsUrgent);
        Assert.True(warnings[^1].IsUrgent);
        var end = Assert.Single(_notices.OfType<PolicyNotice.Changed>(), n => n.Change.IsDowngrade).Change;
        Assert.Equal((StsMode.Enforce, null, ChangeCause.Expired), (end.From, end.To, end.Cause));
        Assert.Equal(end, (await _internet.Store.ChangesAsync(Domain, 1, Ct))[0]);
        Assert.Empty(await _internet.Store.LoadAsync(Ct).ToListAsync(Ct));
    }

    [Fact]
    [Trait("rfc", "8461-3.3-14")]
    public async Task Nobody_is_told_of_a_policy_of_mode_none()
    {
        _internet.Publish("1", StsMode.None);
        await _resolver.ResolveAsync(Domain, Ct);
        _internet.Host.Fail("example.com", FetchFailure.Tcp);
        await RunAsync(TimeSpan.FromDays(8));

        Assert.Empty(_notices.OfType<PolicyNotice.NotRefreshed>());
    }

    [Fact]
    [Trait("rfc", "8461-3.3-7")]
    public async Task A_failing_host_is_left_alone_longer_and_longer()
    {
        await _resolver.ResolveAsync(Domain, Ct);
        _internet.Host.Fail("example.com", FetchFailure.Tcp);
        await RunAsync(TimeSpan.FromDays(2));
        var before = _internet.Host.Fetched.Count;
        await RunAsync(TimeSpan.FromHours(10));

        Assert.InRange(_internet.Host.Fetched.Count - before, 9, 11);
    }

    [Fact]
    public async Task A_policy_nobody_asks_for_is_dropped_after_half_a_year()
    {
        await _resolver.ResolveAsync(Domain, Ct);
        await RunAsync(TimeSpan.FromDays(179));
        Assert.Equal(1, _resolver.Count);

        await RunAsync(TimeSpan.FromDays(2));
        Assert.Equal(0, _resolver.Count);
        Assert.Empty(await _internet.Store.LoadAsync(Ct).ToListAsync(Ct));
        Assert.Equal(ChangeCause.Unused, (await _internet.Store.ChangesAsync(Domain, 1, Ct))[0].Cause);
    }

    [Fact]
    public async Task Use_is_remembered_over_a_restart()
    {
        await _resolver.ResolveAsync(Domain, Ct);
        await RunAsync(TimeSpan.FromDays(170));
        await _resolver.ResolveAsync(Domain, Ct);
        await _refresher.SweepAsync(Ct);

        using var second = _internet.NewResolver();
        await second.LoadAsync(Ct);
        Assert.Equal(_internet.Clock.GetUtcNow(), second.Find(Domain)!.Use.At);
    }

    [Fact]
    public async Task A_policy_loaded_applies_without_any_network_and_a_wrong_clock_prolongs_nothing()
    {
        await _resolver.ResolveAsync(Domain, Ct);
        _internet.Dns.Become("_mta-sts.example.com TXT !timeout");
        _internet.Host.Fail("example.com", FetchFailure.Tcp);
        var early = new FakeTimeProvider(_internet.Clock.GetUtcNow() - TimeSpan.FromDays(100));
        using var second = new PolicyResolver(_internet.Dns, _internet.Host, _internet.Store, early);
        await second.LoadAsync(Ct);

        Assert.IsType<StsLookup.Found>(await second.ResolveAsync(Domain, Ct));
        Assert.Equal(early.GetUtcNow() + TimeSpan.FromDays(7), second.Find(Domain)!.Cached!.ExpiresAt);
    }

    [Fact]
    public async Task An_operator_may_refresh_during_the_pause_and_forget()
    {
        _internet.Host.Fail("example.com", FetchFailure.Tcp);
        await _resolver.ResolveAsync(Domain, Ct);
        _internet.Publish("1", StsMode.Enforce);

        Assert.IsType<StsLookup.Unusable>(await _resolver.RefreshAsync(Domain, byOperator: false, Ct));
        Assert.IsType<StsLookup.Found>(await _resolver.RefreshAsync(Domain, byOperator: true, Ct));
        Assert.True(await _resolver.ForgetAsync(Domain, Ct));
        Assert.False(await _resolver.ForgetAsync(Domain, Ct));
        Assert.Null(_resolver.Find(Domain));
        Assert.Empty(await _internet.Store.LoadAsync(Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task The_least_used_policies_make_room()
    {
        using var small = _internet.NewResolver(new() { MaxPolicies = 3, Notify = _notices.Enqueue });
        foreach (var i in Enumerable.Range(0, 4))
        {
            var name = $"d{i}.example";
            _internet.Publish("1", StsMode.Enforce, domain: name);
            await small.ResolveAsync(DomainName.Parse(name), Ct);
            _internet.Clock.Advance(TimeSpan.FromSeconds(1));
            await small.ResolveAsync(DomainName.Parse("d0.example"), Ct);
            _internet.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, small.Count);
        Assert.NotNull(small.Find(DomainName.Parse("d0.example")));
        var evicted = Assert.Single(_notices.OfType<PolicyNotice.Changed>(), c => c.Change.Cause == ChangeCause.Evicted);
        Assert.Equal("d1.example", evicted.Change.Domain.Value);
    }

    // The hours of the day at which the policy was fetched.
    private async Task<List<int>> RunAsync(TimeSpan time)
    {
        var hours = new List<int>();
        var end = _internet.Clock.GetUtcNow() + time;
        while (_internet.Clock.GetUtcNow() < end)
        {
            _internet.Clock.Advance(TimeSpan.FromMinutes(10));
            var before = _internet.Host.Fetched.Count;
            await _refresher.SweepAsync(Ct);
            if (_internet.Host.Fetched.Count > before)
                hours.Add(_internet.Clock.GetUtcNow().Hour);
        }

        return hours;
    }
}
