using System.Collections.Concurrent;
using System.Data.Common;
using Postseal.Lab.Watching;
using Postseal.Server.Hosting;
using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>The tests that are open: opens, finds, moves on and deletes them, and writes down what is seen of their senders.</summary>
internal sealed class TestDesk(SenderBench bench, TestStore store, TimeProvider clock, ILogger log) : IDisposable
{
    private const int Batch = 200; // of one transaction

    private readonly ConcurrentDictionary<string, LiveTest> _live = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1); // opens, turns and deletes one after the other: places are lent here
    private readonly ObservationWriter _writer = new(store, clock, log);
    private readonly TestSpace _space = new();
    private Attribution? _attribution; // once tests are watched
    private Openers? _openers;
    private Places? _lent;

    /// <summary>The domains.</summary>
    public SenderBench Bench => bench;

    // Who has which of the domains that change.
    private Places Lent => _lent ??= new(bench, () => _live.Values);

    /// <summary>Tests that are open now.</summary>
    public int Count => _live.Count;

    /// <summary>These tests, in no order.</summary>
    internal IEnumerable<LiveTest> Tests => _live.Values;

    /// <summary>Takes up the tests that were open when the server ended.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public async Task LoadAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await TestStore.TryAsync(store.PruneAsync(now, ct), ct);
        foreach (var kept in await store.AllAsync(ct))
        {
            var (row, test) = (kept.Test, new LiveTest(kept.Test, kept.Rounds, bench.PausesOf(kept.Test.Place), _space));
            await WarnAsync(test, kept, now, ct);
            foreach (var observation in await store.SeenAsync(row.Mailbox, ct))
            {
                // What is over stays as it is: nothing more can be missed.
                if (test.IsFinal(now))
                    test.Hold(observation);
                else
                    test.Count(observation);
                if (Attribution.Mailbox(observation) == row.Mailbox && observation.Client is { } client)
                    test.Learn(client);
            }

            test.ContinueAt(await store.NextNumberAsync(row.Mailbox, ct));
            Let(test);
            if (!test.IsFinal(now) && row.Place is { } place && place < bench.Places)
                bench.Turn(place, test.Round, PolicyIds.Of(row.OpenedAt));
        }

        Lent.TellLost();
    }

    /// <summary>Opens a test; gives the key of its page, or says why there can be no more.</summary>
    /// <param name="opener">Who opens it.</param>
    /// <exception cref="DbException">The database fails.</exception>
    public async Task<(string? Key, SiteError? Error)> OpenAsync(ClientKey opener, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            var by = await NameAsync(opener, ct);
            if (_live.Values.Count(t => Openers.IsSameClient(t.Row.Opener, by)) >= TestLimits.LivePerClient)
                return (null, TestErrors.TooManyOfClient);
            if (_live.Values.Count(t => Openers.IsSameNetwork(t.Row.Opener, by)) >= TestLimits.LivePerNetwork)
                return (null, TestErrors.TooManyOfNetwork);
            if (_live.Count >= TestLimits.Live)
                return (null, TestErrors.TooMany);

            Renew();
            var (key, now) = (TestKey.New(), clock.GetUtcNow());
            var (free, whyNone) = Lent.Free(by, now);
            var row = new TestRow(TestKey.Mailbox(key), now, now + TestLimits.Life, free, by);
            await store.AddAsync(row, ct);
            if (row.Place is { } place)
            {
                Lent.TakeAway(place, now);
                bench.Turn(place, round: 1, PolicyIds.Of(row.OpenedAt));
            }

            Let(new(row, [now], bench.PausesOf(row.Place), _space) { WhyNoPlace = whyNone });
            return (key, null);
        }
        catch (DbException)
        {
            return (null, TestErrors.NotKept); // the store says why, once
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The test that a key opens; null when there is none (any more).</summary>
    /// <param name="key">Text from outside.</param>
    public LiveTest? Find(string key) =>
        TestKey.IsOne(key) && _live.TryGetValue(TestKey.Mailbox(key), out var test) && test.Row.ExpiresAt > clock.GetUtcNow()
            ? test
            : null;

    /// <summary>What came of a test so far.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public async Task<TestReport> ReportAsync(LiveTest test, CancellationToken ct) =>
        TestReport.Of(bench, test, await store.SeenAsync(test.Row.Mailbox, ct), clock.GetUtcNow());

    /// <summary>Begins the next round: who asks twice moves on once. Says why not, for any other round and when the test is over.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public async Task<SiteError?> TurnAsync(LiveTest test, int round, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (round == test.Round)
                return null;
            if (round != test.Round + 1 || round > test.MostRounds)
                return TestErrors.NoSuchRound;

            var now = clock.GetUtcNow();
            if (test.IsFinal(now))
                return TestErrors.IsOver;
            if (test.PlaceLostAt is not null)
                return TestErrors.PlaceIsLost;

            Turn(test, round);
            try
            {
                await store.BeginAsync(test.Row.Mailbox, [.. test.Rounds, now], ct);
            }
            catch (Exception e)
            {
                Turn(test, test.Round);
                if (e is DbException)
                    return TestErrors.NotKept;

                throw;
            }

            test.Begin(now);
            return null;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Takes what a visitor brings from the mail system under test: a bounce, lines of a log. Gives what was found in it about the messages so far.</summary>
    public IReadOnlyList<(SenderCase Case, Bounce Bounce)> Take(LiveTest test, string pasted)
    {
        var (cases, _) = bench.CasesOf(test.Row.Place);
        (SenderCase Case, Bounce Bounce)[] found =
        [
            .. Bounce
                .Read(pasted, test.Row.Mailbox)
                .Where(b => b.Address.Round <= test.Round)
                .Join(cases, b => b.Address.Domain, c => c.Domain, (b, c) => (c, b)),
        ];
        foreach (var (_, b) in found)
            bench.Intake.Observe(new Observation.Bounced(clock.GetUtcNow(), b.Address.ToString(), b.Action, b.Status, b.Text));

        return found;
    }

    /// <summary>Forgets a test with all that was seen in it.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public async Task DeleteAsync(LiveTest test, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            End(test);
            await store.DeleteAsync(test.Row.Mailbox, ct);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Gives the domains that all tests share the policies of the day.</summary>
    public void Renew() => bench.Renew(PolicyIds.OfDay(clock.GetUtcNow()));

    /// <summary>Forgets the tests that have expired, and brings the domains of those that are over into their first state.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public async Task PruneAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await _gate.WaitAsync(ct);
        try
        {
            foreach (var test in _live.Values.Where(t => t.IsFinal(now)))
                GiveBack(test);
            foreach (var test in _live.Values.Where(t => t.Row.ExpiresAt <= now))
                End(test);
        }
        finally
        {
            _gate.Release();
        }

        _attribution?.Forget(now);
        await store.PruneAsync(now, ct);
    }

    /// <summary>Writes down what is seen, until the server ends.</summary>
    public async Task WatchAsync(CancellationToken ct)
    {
        var attribution = _attribution = new(() => _live.Values);
        while (await bench.Intake.Seen.WaitToReadAsync(ct))
        {
            var rows = new List<(LiveTest Test, int Number, Observation Observation)>();
            var isFull = _live.Values.Sum(t => (long)t.Kept) >= TestLimits.Remembered;
            while (rows.Count < Batch && bench.Intake.Seen.TryRead(out var observation))
            {
                foreach (var (test, one) in attribution.Of(observation, Lent.HolderOf(observation)))
                {
                    var missed = test.MissesQuestions;
                    if (isFull && test.Kept >= TestLimits.RememberedEach)
                        test.Miss();
                    else if (test.Count(one) is { } number)
                        rows.Add((test, number, one));

                    if (test.MissesQuestions && !missed)
                        attribution.Warn(test);
                }
            }

            if (bench.Intake.TakeLost())
            {
                TestLog.QueueIsFull(log);
                attribution.MissAll(clock.GetUtcNow());
            }

            await _writer.WriteAsync(rows, attribution.TakeWarned(), ct);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task<string> NameAsync(ClientKey client, CancellationToken ct)
    {
        _openers ??= new(Convert.FromHexString(await store.SecretAsync(Openers.Name, Openers.New(), ct)));
        return _openers.Of(client);
    }

    // While the server was down, questions were lost.
    private async Task WarnAsync(LiveTest test, KeptTest kept, DateTimeOffset now, CancellationToken ct)
    {
        if (kept.IsShared)
            test.Share();
        if ((kept.MissesQuestions || !test.IsFinal(now)) && test.Miss() && !kept.MissesQuestions)
            await TestStore.TryAsync(store.WarnAsync(test.Row.Mailbox, test.IsShared, test.MissesQuestions, ct), ct);
    }

    // The domains of a test that still has some; the places may have become fewer.
    private void Turn(LiveTest test, int round)
    {
        if (test.Row.Place is { } place && place < bench.Places && Lent.Holder(place) == test)
            bench.Turn(place, round, PolicyIds.Of(test.Row.OpenedAt));
    }

    // Nobody is misled by the last state of a test that is over; the id is none that its sender knows.
    private void GiveBack(LiveTest test)
    {
        if (test.Row.Place is { } place && place < bench.Places && Lent.Holder(place) == test && test.GiveBack())
            bench.Turn(place, round: 1, PolicyIds.Of(clock.GetUtcNow()));
    }

    private void Let(LiveTest test)
    {
        _live[test.Row.Mailbox] = test;
        bench.Intake.Let(test.Row.Mailbox, isOpen: true);
    }

    private void End(LiveTest test)
    {
        GiveBack(test);
        bench.Intake.Let(test.Row.Mailbox, isOpen: false);
        _live.TryRemove(test.Row.Mailbox, out _);
        test.Leave();
        _attribution?.Forget(clock.GetUtcNow());
        test.Tell();
    }
}
