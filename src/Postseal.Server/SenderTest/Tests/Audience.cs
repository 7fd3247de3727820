using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Postseal.Server.Hosting;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>Who watches which test now, and what they see: a test is read and judged once for each change, and its page made once, whoever asks.</summary>
internal sealed class Audience(TestDesk desk, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Seats _clients = new(TestLimits.WatchersPerClient);
    private readonly Dictionary<LiveTest, int> _watchers = []; // no more than are watched
    private readonly ByteShelf<LiveTest, Reading> _readings = new(TestLimits.KeptBytes, TestLimits.Live);

    /// <summary>Tests that are watched now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _watchers.Count;
        }
    }

    /// <summary>Lets a client watch a test.</summary>
    /// <param name="seat">Until this is given back.</param>
    /// <param name="error">If not: why.</param>
    public bool TryJoin(
        ClientKey client,
        LiveTest test,
        [NotNullWhen(true)] out IDisposable? seat,
        [NotNullWhen(false)] out SiteError? error
    )
    {
        (seat, error) = (null, null);
        if (!_clients.TryTake(client))
            error = TestErrors.TooManyWatchOfClient;
        else if (TryAdd(test))
            seat = new Seat(this, client, test);
        else
        {
            _clients.Release(client);
            error = TestErrors.TooManyWatchTest;
        }

        return seat is not null;
    }

    /// <summary>What a reading of the test depends on: two of the same state show the same.</summary>
    public TestState StateOf(LiveTest test)
    {
        var now = clock.GetUtcNow();
        return new(test.Version, test.IsShared, test.MissesQuestions, test.SendAt <= now, test.IsFinal(now));
    }

    /// <summary>What came of a test so far.</summary>
    /// <exception cref="System.Data.Common.DbException">The database fails.</exception>
    public Task<TestReport> ReportAsync(LiveTest test, CancellationToken ct) => Of(test).Report.WaitAsync(ct);

    /// <summary>The same for a request: what it takes is counted against who asks.</summary>
    /// <exception cref="System.Data.Common.DbException">The database fails.</exception>
    public Task<TestReport> ReportAsync(LiveTest test, HttpContext asker, CancellationToken ct)
    {
        Charge(asker, test);
        return ReportAsync(test, ct);
    }

    /// <summary>Counts a reading against who asks for it, unless it is known.</summary>
    public void Charge(HttpContext asker, LiveTest test)
    {
        if (!IsKnown(test))
            PageWork.CountReading(asker, test.Kept);
    }

    /// <summary>Whether what came of a test so far is known, so that it takes no work to tell it.</summary>
    public bool IsKnown(LiveTest test) => _readings.TryFind(test, out var reading) && reading.Holds(StateOf(test));

    /// <summary>A text that is made of a report and nothing else, such as its page: made once for each change.</summary>
    /// <param name="test">The test.</param>
    /// <param name="kind">Which text; one of a few.</param>
    /// <param name="make">Makes it.</param>
    /// <param name="ct">Ends waiting.</param>
    /// <exception cref="System.Data.Common.DbException">The database fails.</exception>
    public async Task<string> TextAsync(
        LiveTest test,
        string kind,
        Func<TestReport, CancellationToken, Task<string>> make,
        CancellationToken ct
    )
    {
        var reading = Of(test);
        var report = await reading.Report.WaitAsync(ct);
        if (reading.Texts.TryGetValue(kind, out var text))
            return text;

        text = await make(report, ct);
        reading.Texts.TryAdd(kind, text);
        if (_readings.TryFind(test, out var kept) && kept == reading)
            _readings.Put(test, reading, reading.Weight);

        return text;
    }

    private bool TryAdd(LiveTest test)
    {
        lock (_gate)
        {
            var watchers = _watchers.GetValueOrDefault(test);
            if (watchers == TestLimits.WatchersPerTest)
                return false;

            _watchers[test] = watchers + 1;
            return true;
        }
    }

    private void Leave(ClientKey client, LiveTest test)
    {
        _clients.Release(client);
        lock (_gate)
        {
            if (--_watchers[test] == 0)
                _watchers.Remove(test);
        }
    }

    // It is read for all of them: whoever asked first may go away meanwhile. A failure is of one reading only.
    private Reading Of(LiveTest test)
    {
        lock (_gate)
        {
            var state = StateOf(test);
            if (_readings.TryFind(test, out var kept) && kept.Holds(state))
                return kept;

            var fresh = new Reading(state, test.Kept, Task.Run(() => desk.ReportAsync(test, CancellationToken.None)));
            _readings.Put(test, fresh, fresh.Weight);
            return fresh;
        }
    }

    private sealed class Seat(Audience audience, ClientKey client, LiveTest test) : IDisposable
    {
        public void Dispose() => audience.Leave(client, test);
    }

    private sealed class Reading(TestState state, int observations, Task<TestReport> report)
    {
        // The cases with their sentences; and of each observation its line, which most have in common with others.
        private const int OfReport = 100_000;
        private const int OfObservation = 500;

        public readonly Task<TestReport> Report = report;

        public ConcurrentDictionary<string, string> Texts { get; } = new(StringComparer.Ordinal);

        /// <summary>About how many bytes of memory it takes.</summary>
        public long Weight => OfReport + ((long)observations * OfObservation) + (2L * Texts.Values.Sum(t => (long)t.Length));

        public bool Holds(TestState now) => now == state && !Report.IsFaulted;
    }
}

/// <summary>What a reading of a test depends on.</summary>
/// <param name="Version">Changes so far.</param>
/// <param name="IsShared">Another test has the same sender.</param>
/// <param name="MissesQuestions">Something may have been given to nobody.</param>
/// <param name="IsDue">The messages of the round may be sent.</param>
/// <param name="IsFinal">Nothing more is waited for.</param>
internal readonly record struct TestState(int Version, bool IsShared, bool MissesQuestions, bool IsDue, bool IsFinal);
