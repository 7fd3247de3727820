using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postseal.Checks.Facts;
using Postseal.Protocol;
using Postseal.Server.Lookups;
using Postseal.Tests.Checks;
using Xunit;

namespace Postseal.Tests.Server.Lookups;

public sealed class LookupDeskTests
{
    private static readonly DomainName Domain = DomainName.Parse("example.com");

    private readonly FakeTimeProvider _clock = new(FactsBuilder.Now);
    private readonly TaskCompletionSource _goOn = new();
    private int _gathered;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_who_ask_share_one_check_and_see_all_its_steps()
    {
        await using var desk = Desk(new());
        var first = desk.Ask(Domain, anew: false)!;
        Assert.Same(first, desk.Ask(Domain, anew: true));

        var early = Steps(first);
        _goOn.SetResult();
        await first.ResultAsync(Ct);
        var late = await Steps(first);

        Assert.Equal(["record", "mx"], await early);
        Assert.Equal(["record", "mx"], late);
        Assert.Equal(1, _gathered);
    }

    [Fact]
    public async Task A_result_is_kept_and_asked_for_anew_only_when_it_is_not_very_young()
    {
        _goOn.SetResult();
        await using var desk = Desk(new());
        var first = desk.Ask(Domain, anew: false)!;
        await first.ResultAsync(Ct);

        Assert.Same(first, desk.Ask(Domain, anew: true));
        _clock.Advance(TimeSpan.FromSeconds(16));
        Assert.Same(first, desk.Ask(Domain, anew: false));
        var second = desk.Ask(Domain, anew: true)!;
        await second.ResultAsync(Ct);

        Assert.NotSame(first, second);
        Assert.Same(second, desk.Ask(Domain, anew: false));
        _clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Null(desk.Find(Domain, anew: false));
    }

    [Fact]
    public async Task More_checks_than_may_wait_are_refused_and_those_begun_are_done()
    {
        await using var desk = Desk(new() { Running = 2, Waiting = 3 });
        var accepted = Enumerable.Range(0, 9).Select(i => desk.Ask(DomainName.Parse($"d{i}.example"), anew: false)).ToArray();

        Assert.Equal(5, accepted.Count(l => l is not null));
        _goOn.SetResult();
        await Task.WhenAll(accepted.OfType<Lookup>().Select(l => l.ResultAsync(Ct))).WaitAsync(Ct);
        Assert.NotNull(desk.Ask(DomainName.Parse("d8.example"), anew: false));
    }

    [Fact]
    public async Task Results_that_nobody_asks_for_make_room()
    {
        _goOn.SetResult();
        await using var desk = Desk(new() { Kept = 2 });
        foreach (var name in (string[])["read.example", "b.example", "read.example", "c.example"])
            await desk.Ask(DomainName.Parse(name), anew: false)!.ResultAsync(Ct);

        Assert.Null(desk.Find(DomainName.Parse("b.example"), anew: false));
        Assert.NotNull(desk.Find(DomainName.Parse("read.example"), anew: false));
        Assert.NotNull(desk.Find(DomainName.Parse("c.example"), anew: false));
        Assert.Equal(3, _gathered);
    }

    [Fact]
    public async Task Results_are_kept_by_their_size_and_a_huge_one_not_at_all()
    {
        _goOn.SetResult();
        await using var roomy = Desk(new());
        var size = (await roomy.Ask(Domain, anew: false)!.ResultAsync(Ct)).Json.Length;

        await using var two = Desk(new() { KeptBytes = (2 * roomy.KeptBytes) + 100 });
        foreach (var name in (string[])["a.example", "b.example", "c.example"])
            await two.Ask(DomainName.Parse(name), anew: false)!.ResultAsync(Ct);

        Assert.Null(two.Find(DomainName.Parse("a.example"), anew: false));
        Assert.NotNull(two.Find(DomainName.Parse("c.example"), anew: false));

        await using var none = Desk(new() { LargestKept = size / 2 });
        await none.Ask(Domain, anew: false)!.ResultAsync(Ct);
        Assert.Null(none.Find(Domain, anew: false));
    }

    [Fact]
    public async Task A_page_is_made_once_and_weighs_with_its_result_and_one_that_is_too_large_is_made_for_each_who_asks()
    {
        _goOn.SetResult();
        await using var desk = Desk(new() { LargestPage = 100_000 });
        var lookup = desk.Ask(Domain, anew: false)!;
        await lookup.ResultAsync(Ct);
        var (before, made) = (desk.KeptBytes, 0);
        var large = await PageAsync(100_001);
        Assert.NotSame(large, await PageAsync(100_001));
        Assert.Equal((2, before), (made, desk.KeptBytes));

        var page = await PageAsync(90_000);
        Assert.Same(page, await PageAsync(90_000));
        Assert.Equal((3, before + 90_000), (made, desk.KeptBytes));

        Task<KeptPage> PageAsync(int bytes) =>
            lookup.PageAsync(
                () =>
                {
                    made++;
                    return Task.FromResult(new KeptPage(new byte[bytes], 0..bytes));
                },
                p => desk.KeepPage(lookup, p),
                Ct
            );
    }

    [Fact]
    public async Task Who_waits_for_a_page_that_cannot_be_made_is_told_and_the_next_one_may_try_again()
    {
        _goOn.SetResult();
        await using var desk = Desk(new());
        var lookup = desk.Ask(Domain, anew: false)!;
        await lookup.ResultAsync(Ct);
        var failing = new TaskCompletionSource<KeptPage>();
        var first = lookup.PageAsync(() => failing.Task, _ => true, Ct);
        var second = lookup.PageAsync(() => throw new InvalidOperationException("not asked"), _ => true, Ct);
        failing.SetException(new NotSupportedException());
        await Assert.ThrowsAsync<NotSupportedException>(() => first);
        await Assert.ThrowsAsync<NotSupportedException>(() => second);
        var page = new KeptPage(default, 0..0);
        Assert.Same(page, await lookup.PageAsync(() => Task.FromResult(page), _ => true, Ct));
    }

    [Fact]
    public async Task Silence_is_told_and_so_is_waiting_for_a_turn()
    {
        await using var desk = Desk(new() { Running = 1 });
        await using var running = desk.Ask(Domain, anew: false)!.StepsAsync(Ct).GetAsyncEnumerator(Ct);
        Assert.True(await running.MoveNextAsync()); // it has the one place
        var second = desk.Ask(DomainName.Parse("b.example"), anew: false)!;

        await using var steps = second.StepsAsync(Ct).GetAsyncEnumerator(Ct);
        Assert.True(await steps.MoveNextAsync());
        Assert.Equal("waiting", steps.Current?.Name);
        var next = steps.MoveNextAsync().AsTask();
        while (!next.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(15));
            await Task.Yield();
        }

        Assert.True(await next);
        Assert.Null(steps.Current);
        _goOn.SetResult();
    }

    [Fact]
    public async Task A_bug_reaches_those_who_wait_and_the_next_one_may_ask_again()
    {
        await using var desk = new LookupDesk(
            (_, _, _) => throw new InvalidOperationException("a bug"),
            null,
            new(),
            _clock,
            new(),
            NullLogger.Instance
        );
        var lookup = desk.Ask(Domain, anew: false)!;

        await Assert.ThrowsAsync<InvalidOperationException>(() => lookup.ResultAsync(Ct));
        await Assert.ThrowsAsync<InvalidOperationException>(() => desk.Ask(Domain, anew: false)!.ResultAsync(Ct));
    }

    [Fact]
    public async Task Stopping_ends_what_runs()
    {
        var desk = Desk(new());
        var lookup = desk.Ask(Domain, anew: false)!;
        await desk.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lookup.ResultAsync(Ct));
        Assert.True(lookup.IsAbandoned);
        Assert.Null(desk.Ask(Domain, anew: false));
    }

    private LookupDesk Desk(LookupLimits limits) => new(GatherAsync, null, limits, _clock, new(), NullLogger.Instance);

    private async Task<DomainFacts> GatherAsync(DomainName domain, IProgress<GatherStep> progress, CancellationToken ct)
    {
        Interlocked.Increment(ref _gathered);
        progress.Report(new(domain, "record", "_mta-sts.example.com"));
        await _goOn.Task.WaitAsync(ct);
        progress.Report(new(domain, "mx", "example.com"));
        return FactsBuilder.Healthy() with { Domain = domain };
    }

    private static async Task<string[]> Steps(Lookup lookup)
    {
        var steps = new List<string>();
        await foreach (var step in lookup.StepsAsync(Ct))
            steps.Add(step?.Name ?? "silence");

        return [.. steps];
    }
}
