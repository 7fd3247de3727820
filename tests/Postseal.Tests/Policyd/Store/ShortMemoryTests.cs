using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Postseal.Cli.Policyd.Memory;
using Postseal.Cli.Policyd.Store;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Sts;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Policyd.Store;

/// <summary>More policies than memory has room for: they are left to the store, and none in force is forgotten.</summary>
public sealed class ShortMemoryTests : IDisposable
{
    private const int Lines = 3000;
    private const int Policies = 60;
    private static readonly StsMemory Memory = new(500_000, 500_000);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("postseal-memory-");
    private readonly FakeTimeProvider _clock = new(TestCa.Now);
    private readonly LogLines _log = new();
    private readonly FakeDns _dns = new("");
    private readonly FakePolicyHost _host = new();
    private readonly ConcurrentQueue<PolicyNotice> _notices = new();

    private string Path => System.IO.Path.Combine(_folder.FullName, "policies.db");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Policies_beyond_the_budget_are_enforced_from_the_store_though_nobody_else_answers()
    {
        await using var store = Open();
        using var resolver = NewResolver(store);
        await LearnAllAsync(resolver);

        Assert.Equal(Policies, resolver.Count);
        Assert.InRange(resolver.Bytes, 1, Memory.Policies + 70_000);
        await EnforcedAsync(resolver);
        Assert.InRange(resolver.Bytes, 1, Memory.Policies + 70_000);
        Assert.Empty(Downgrades());
    }

    [Fact]
    public async Task A_start_takes_no_more_memory_than_the_budget_and_enforces_all()
    {
        await using (var store = Open())
        using (var resolver = NewResolver(store))
            await LearnAllAsync(resolver);

        await using var again = Open();
        using var second = NewResolver(again);
        await second.LoadAsync(Ct);
        Assert.Equal(Policies, second.Count);
        Assert.InRange(second.Bytes, 1, Memory.Policies + 70_000);
        await EnforcedAsync(second);
        Assert.Empty(Downgrades());
    }

    [Fact]
    public async Task A_policy_left_to_the_store_is_renewed_and_told_of_like_any_other()
    {
        await using var store = Open();
        using var resolver = NewResolver(store);
        await LearnAllAsync(resolver);

        Assert.False(resolver.Find(Name(0))!.Cached!.IsWhole);
        Publish(0, maxAge: 604801);
        await resolver.RefreshAsync(Name(0), byOperator: true, Ct);

        var change = (await store.ChangesAsync(Name(0), 1, Ct))[0];
        Assert.Contains("max_age 604800 → 604801", change.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_that_the_store_has_lost_is_said_and_fetched_anew()
    {
        await using var store = Open();
        using var resolver = NewResolver(store);
        await LearnAllAsync(resolver);

        await store.RemoveAsync(resolver.Find(Name(0))!.Cached!, Ct);
        Publish(0);
        var found = Assert.IsType<StsLookup.Found>(await resolver.ResolveAsync(Name(0), Ct));
        Assert.True(found.Fresh);
        var lost = Assert.Single(Downgrades());
        Assert.Equal((Name(0), ChangeCause.Evicted), (lost.Domain, lost.Cause));
    }

    [Fact]
    public async Task Without_a_store_memory_is_bounded_all_the_same_and_what_has_to_go_is_said()
    {
        using var resolver = NewResolver(new MemoryPolicyStore());
        await LearnAllAsync(resolver);

        Assert.InRange(resolver.Bytes, 1, Memory.Policies + 70_000);
        Assert.All(Downgrades(), c => Assert.Equal(ChangeCause.Evicted, c.Cause));
        Assert.NotEmpty(Downgrades());
    }

    [Fact]
    public async Task A_store_that_is_full_deletes_what_nobody_has_asked_for_longest()
    {
        await using var store = SqlitePolicyStore.Open(Path, _clock, _log, new() { MaxBytes = 500_000 });
        using var resolver = NewResolver(store);
        for (var i = 0; i < 3 * Policies; i++)
        {
            await LearnAsync(resolver, i);
            await store.MarkUsedAsync([(Name(0), _clock.GetUtcNow())], Ct);
        }

        await store.ChangesAsync(Name(0), 1, Ct); // waits until all is written
        var kept = await store.LoadAsync(Ct).Select(k => k.Policy.Domain.Value).ToListAsync(Ct);
        Assert.InRange(kept.Count, 1, Policies);
        Assert.Equal(3 * Policies - kept.Count, store.Trimmed);
        Assert.Contains(_log.Lines, l => l.Text.Contains("store-budget", StringComparison.Ordinal));
        Assert.InRange(store.SizeBytes, 1, 40_000_000); // the log beside the file included
    }

    [Fact]
    public async Task Work_for_a_disk_that_is_away_waits_within_a_bound_and_memory_has_the_rest_written_when_it_is_back()
    {
        var folder = System.IO.Path.Combine(_folder.FullName, "later");
        var path = System.IO.Path.Combine(folder, "policies.db");
        await using var store = SqlitePolicyStore.Open(path, _clock, _log, new() { MaxQueuedBytes = 400_000 });
        using var resolver = new PolicyResolver(_dns, _host, store, _clock) { Options = new() { Notify = _notices.Enqueue } };
        await LearnAllAsync(resolver); // at once: nobody waits for a disk that is away
        Assert.False(store.IsWell);
        Assert.Contains(_log.Lines, l => l.Text.Contains("There is no policy store", StringComparison.Ordinal));

        Directory.CreateDirectory(folder);
        var returned = store.ReturnedAsync(Ct).AsTask();
        while (!returned.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        Assert.Equal(StoreReturn.Opened, await returned);
        await resolver.ReconcileAsync(isAnother: true, Ct);
        Assert.True(store.IsWell);
        Assert.Equal(Policies, await store.LoadAsync(Ct).CountAsync(Ct));
        Assert.All(resolver.Policies, s => Assert.True(s.Cached!.IsStored));
    }

    [Fact]
    public void Every_share_of_the_budget_is_within_it()
    {
        var b = MemoryBudget.Default;
        long[] shares = [b.Policies.Policies, b.Policies.Others, b.Answers, b.OtherAnswers, b.Routes, b.Queue];
        Assert.InRange(shares.Sum(), b.Total / 2, b.Total);
    }

    private List<PolicyChange> Downgrades() =>
        [.. _notices.OfType<PolicyNotice.Changed>().Select(n => n.Change).Where(c => c.IsDowngrade)];

    private async Task LearnAllAsync(PolicyResolver resolver)
    {
        for (var i = 0; i < Policies; i++)
            await LearnAsync(resolver, i);
    }

    private async Task LearnAsync(PolicyResolver resolver, int i)
    {
        Publish(i);
        Assert.IsType<StsLookup.Found>(await resolver.ResolveAsync(Name(i), Ct));
        _clock.Advance(TimeSpan.FromSeconds(1));
    }

    private void Publish(int i, int maxAge = 604800)
    {
        _dns.Become($"_mta-sts.{Name(i)} 300 TXT v=STSv1; id=1;");
        _host.Serve(
            Name(i).Value,
            $"version: STSv1\nmode: enforce\nmax_age: {maxAge}\n"
                + string.Concat(Enumerable.Range(0, Lines).Select(n => $"mx: m{n % 10}.d{i}\n"))
        );
    }

    // DNS is gone, and so are the policy hosts: what is in force is in force.
    private async Task EnforcedAsync(PolicyResolver resolver)
    {
        _dns.Become(string.Join('\n', Enumerable.Range(0, Policies).Select(i => $"_mta-sts.{Name(i)} TXT !servfail")));
        for (var i = 0; i < Policies; i++)
        {
            var found = Assert.IsType<StsLookup.Found>(await resolver.ResolveAsync(Name(i), Ct));
            Assert.Equal((StsMode.Enforce, Lines), (found.Policy.Mode, found.Policy.Mx.Length));
            Assert.True(found.Policy.Covers(DomainName.Parse($"m7.d{i}")));
        }
    }

    private PolicyResolver NewResolver(IPolicyStore store) =>
        new(_dns, _host, store, _clock)
        {
            Options = new() { Memory = Memory, Notify = _notices.Enqueue },
        };

    private SqlitePolicyStore Open() => SqlitePolicyStore.Open(Path, _clock, _log);

    private static DomainName Name(int i) => DomainName.Parse($"d{i}.example");
}
