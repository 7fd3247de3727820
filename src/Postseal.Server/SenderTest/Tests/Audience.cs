using System.Diagnostics.CodeAnalysis;
using Postseal.Server.Hosting;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>Who watches which test now. As long as somebody does, a test is read and judged once for each change, whoever asks.</summary>
internal sealed class Audience(TestDesk desk, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Seats<ClientKey> _clients = new(TestLimits.WatchersPerClient);
    private readonly Dictionary<LiveTest, Row> _rows = []; // no more than are watched

    /// <summary>Tests that are watched now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _rows.Count;
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
    public Task<TestReport> ReportAsync(LiveTest test, CancellationToken ct) => Shared(test, ct) ?? desk.ReportAsync(test, ct);

    private bool TryAdd(LiveTest test)
    {
        lock (_gate)
        {
            var row = _rows.GetValueOrDefault(test) ?? new();
            if (row.Watchers == TestLimits.WatchersPerTest)
                return false;

            row.Watchers++;
            _rows[test] = row;
            return true;
        }
    }

    private void Leave(ClientKey client, LiveTest test)
    {
        _clients.Release(client);
        lock (_gate)
        {
            if (--_rows[test].Watchers == 0)
                _rows.Remove(test);
        }
    }

    // It is read for all of them: whoever asked first may go away meanwhile. A failure is of one reading only.
    private Task<TestReport>? Shared(LiveTest test, CancellationToken ct)
    {
        lock (_gate)
        {
            if (!_rows.TryGetValue(test, out var row))
                return null;

            var state = StateOf(test);
            if (row.Report is null or { IsFaulted: true } || row.State != state)
                (row.State, row.Report) = (state, Task.Run(() => desk.ReportAsync(test, CancellationToken.None)));

            return row.Report.WaitAsync(ct);
        }
    }

    private sealed class Seat(Audience audience, ClientKey client, LiveTest test) : IDisposable
    {
        public void Dispose() => audience.Leave(client, test);
    }

    private sealed class Row
    {
        public int Watchers;
        public TestState State;
        public Task<TestReport>? Report;
    }
}

/// <summary>What a reading of a test depends on.</summary>
/// <param name="Version">Changes so far.</param>
/// <param name="IsShared">Another test has the same sender.</param>
/// <param name="MissesQuestions">Something may have been given to nobody.</param>
/// <param name="IsDue">The messages of the round may be sent.</param>
/// <param name="IsFinal">Nothing more is waited for.</param>
internal readonly record struct TestState(int Version, bool IsShared, bool MissesQuestions, bool IsDue, bool IsFinal);
