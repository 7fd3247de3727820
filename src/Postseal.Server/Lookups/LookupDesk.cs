using System.Text.Json;
using Postseal.Checks;
using Postseal.Checks.Facts;
using Postseal.Checks.History;
using Postseal.Checks.Json;
using Postseal.Protocol;
using Postseal.Server.History;

namespace Postseal.Server.Lookups;

/// <summary>Where pages and API ask for checks: one check per domain at a time, shared by all who ask; results kept for a short time; no more
/// checks running or waiting than the limits say.</summary>
public sealed class LookupDesk : IAsyncDisposable
{
    private readonly Func<DomainName, IProgress<GatherStep>, CancellationToken, Task<DomainFacts>> _gather;
    private readonly HistoryStore? _history;
    private readonly LookupLimits _limits;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly LookupMeter _meter;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _turns;
    private readonly Lock _gate = new();
    private readonly Dictionary<DomainName, Lookup> _open = [];
    private readonly ResultShelf _shelf;
    private readonly CheckThreads _threads = new(CheckThreads.Standard);

    /// <param name="gather">Gathers the facts about one domain.</param>
    /// <param name="history">Where results are remembered; null for nowhere.</param>
    /// <param name="limits">How much at a time.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="meter">Counts what happens here.</param>
    /// <param name="log">Hears of bugs and of a failing store.</param>
    public LookupDesk(
        Func<DomainName, IProgress<GatherStep>, CancellationToken, Task<DomainFacts>> gather,
        HistoryStore? history,
        LookupLimits limits,
        TimeProvider clock,
        LookupMeter meter,
        ILogger log
    )
    {
        (_gather, _history, _limits, _clock, _meter, _log) = (gather, history, limits, clock, meter, log);
        _turns = new(limits.Running);
        _shelf = new(limits, clock);
        meter.Watch(() => _open.Count);
    }

    /// <summary>The check of this domain that runs, or a recent one; null when a new one would have to be started.</summary>
    /// <param name="domain">What to check.</param>
    /// <param name="anew">Ask for a new check although there is a recent one; granted unless that is very young.</param>
    public Lookup? Find(DomainName domain, bool anew)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(domain, out var running))
                return _meter.Count(running, "shared");

            return _shelf.Find(domain, anew ? _limits.AtLeast : _limits.Keep) is { } recent ? _meter.Count(recent, "kept") : null;
        }
    }

    /// <summary>The same for nobody in particular.</summary>
    public Lookup? Ask(DomainName domain, bool anew) => Ask(domain, anew, default);

    /// <summary>The check of this domain: the one that runs, a recent one, or a new one. Null when too many are waiting: ask again later.</summary>
    /// <param name="domain">What to check.</param>
    /// <param name="anew">Ask for a new check although there is a recent one; granted unless that is very young.</param>
    /// <param name="asker">Who asks: what a check adds to the history is counted to them.</param>
    internal Lookup? Ask(DomainName domain, bool anew, ClientKey asker)
    {
        lock (_gate)
        {
            if (Find(domain, anew) is { } known)
                return known;

            if (_stopping.IsCancellationRequested || _open.Count >= _limits.Running + _limits.Waiting)
                return _meter.Count(null, "refused");

            var lookup = new Lookup(domain, asker, _clock);
            _open.Add(domain, lookup);
            _ = _threads.RunAsync(() => RunAsync(lookup, _stopping.Token), CancellationToken.None);
            return _meter.Count(lookup, "started");
        }
    }

    /// <summary>Keeps the page of a result as long as the result is kept; false when it is not.</summary>
    internal bool KeepPage(Lookup lookup, KeptPage page)
    {
        lock (_gate)
            return _shelf.KeepPage(lookup, page);
    }

    /// <summary>About how many bytes of memory the results take that are kept.</summary>
    internal long KeptBytes
    {
        get
        {
            lock (_gate)
                return _shelf.Bytes;
        }
    }

    /// <summary>False when a new check would be refused.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate)
                return _open.Count < _limits.Running + _limits.Waiting;
        }
    }

    /// <summary>What the last check of this domain that is remembered showed; null when there is none. Starts nothing.</summary>
    public async Task<CheckDocument?> LatestAsync(DomainName domain, CancellationToken ct)
    {
        try
        {
            return _history is null ? null : await _history.LatestAsync(domain, ct);
        }
        catch (System.Data.Common.DbException e)
        {
            LookupLog.StoreFails(_log, e.Message);
            return null;
        }
    }

    /// <summary>Abandons what still runs, and waits until none of it uses the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Lookup[] open;
        lock (_gate)
            open = [.. _open.Values];

        foreach (var lookup in open)
        {
            Close(lookup, null);
            lookup.Stop();
        }

        for (var i = 0; i < _limits.Running; i++)
            await _turns.WaitAsync(CancellationToken.None);
        _turns.Release(_limits.Running);
        _threads.Dispose();
    }

    private async Task RunAsync(Lookup lookup, CancellationToken ct)
    {
        try
        {
            if (!await _turns.WaitAsync(0, ct))
            {
                lookup.Report(new(lookup.Domain, "waiting", lookup.Domain.Value));
                await _turns.WaitAsync(ct);
            }

            try
            {
                var started = _clock.GetTimestamp();
                var result = await CheckAsync(lookup, ct);
                _meter.Took(_clock.GetElapsedTime(started), result.Document.Verdict);
                Close(lookup, result);
            }
            finally
            {
                _turns.Release();
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            Close(lookup, null);
            lookup.Stop();
        }
        catch (Exception e) // a bug of ours: those who wait must hear of it, and the next one may ask again
        {
            LookupLog.Bug(_log, e, lookup.Domain);
            Close(lookup, null);
            lookup.Fail(e);
        }
    }

    private async Task<LookupResult> CheckAsync(Lookup lookup, CancellationToken ct)
    {
        var earlier = await EarlierAsync(lookup.Domain, ct);
        var facts = await _gather(lookup.Domain, lookup, ct);
        var document = CheckDocuments.Of(CheckResult.Of(facts, earlier ?? []));
        // Without memory of what was, recording would say that what only memory can tell is gone.
        var history = earlier is null ? null : await RememberAsync(facts, document, lookup.Asker, ct);
        return new(document, history, JsonSerializer.SerializeToUtf8Bytes(document, JsonContext.Default.CheckDocument));
    }

    private async Task<IReadOnlyList<Publication>?> EarlierAsync(DomainName domain, CancellationToken ct)
    {
        try
        {
            return _history is null ? [] : await _history.PublicationsAsync(domain, ct);
        }
        catch (System.Data.Common.DbException e)
        {
            LookupLog.StoreFails(_log, e.Message); // a check without memory beats none
            return null;
        }
    }

    private async Task<DomainHistory?> RememberAsync(
        DomainFacts facts,
        CheckDocument document,
        ClientKey asker,
        CancellationToken ct
    )
    {
        try
        {
            return _history is null ? null : await _history.RecordAsync(facts, document, asker, ct);
        }
        catch (System.Data.Common.DbException e)
        {
            LookupLog.StoreFails(_log, e.Message);
            return null;
        }
    }

    private void Close(Lookup lookup, LookupResult? result)
    {
        lock (_gate)
        {
            _open.Remove(lookup.Domain);
            if (result is not null)
            {
                lookup.Finish(result);
                _shelf.Add(lookup);
            }
        }
    }
}
