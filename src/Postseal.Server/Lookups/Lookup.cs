using System.Runtime.CompilerServices;
using Postseal.Checks.Facts;
using Postseal.Checks.Json;
using Postseal.Protocol;
using Postseal.Server.History;

namespace Postseal.Server.Lookups;

/// <summary>What a check came to.</summary>
/// <param name="Document">The check itself.</param>
/// <param name="History">What earlier checks showed; null when nothing is remembered (yet), or the store failed.</param>
/// <param name="Json">The document as the API gives it, UTF-8.</param>
public sealed record LookupResult(CheckDocument Document, DomainHistory? History, ReadOnlyMemory<byte> Json)
{
    // The text itself, and the objects that it was made from: two bytes a character, and headers and pointers around short texts.
    private const int OfJson = 4;

    // One line of a history, with its texts.
    private const int OfSpan = 600;

    /// <summary>About how many bytes of memory it takes.</summary>
    public long Weight => ((long)Json.Length * OfJson) + (History is null ? 0 : WeightOf(History));

    /// <summary>The same of a history alone.</summary>
    internal static long WeightOf(DomainHistory of) =>
        (of.Findings.Count + of.Verdicts.Count + of.Publications.Count) * (long)OfSpan;
}

/// <summary>One check, waiting, running or done, shared by all who asked for the domain.</summary>
public sealed class Lookup : IProgress<GatherStep>
{
    // A check of 20 hosts with several addresses each has about a hundred steps.
    private const int MaxSteps = 500;

    // Of one step, without the name that it is about.
    private const int StepBytes = 100;

    private readonly Lock _gate = new();
    private readonly List<GatherStep> _steps = [];
    private readonly TaskCompletionSource<LookupResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LookupResult? _done;
    private Task<KeptPage>? _page;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Half of the minute after which proxies take a silent connection for a dead one.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private readonly TimeProvider _clock;

    internal Lookup(DomainName domain, ClientKey asker, TimeProvider clock) => (Domain, Asker, _clock) = (domain, asker, clock);

    /// <summary>What is checked.</summary>
    public DomainName Domain { get; }

    /// <summary>Who asked for it first.</summary>
    internal ClientKey Asker { get; }

    /// <summary>Waits for the result; fails only by a bug of ours or when the server stops.</summary>
    public Task<LookupResult> ResultAsync(CancellationToken ct) => _result.Task.WaitAsync(ct);

    /// <summary>The result if the check is done, otherwise null.</summary>
    public LookupResult? Done => Volatile.Read(ref _done);

    /// <summary>About how many bytes of memory a finished one takes: its result, and the steps that led there.</summary>
    internal long Weight
    {
        get
        {
            lock (_gate)
                return (Done?.Weight ?? 0) + _steps.Sum(s => StepBytes + (2L * s.Subject.Length));
        }
    }

    /// <summary>The page of the result: made by who asks first, for all who ask meanwhile; later ones get it as long as it is kept.</summary>
    internal async Task<KeptPage> PageAsync(Func<Task<KeptPage>> make, Func<KeptPage, bool> keep, CancellationToken ct)
    {
        TaskCompletionSource<KeptPage>? mine = null;
        Task<KeptPage> page;
        lock (_gate)
        {
            if (_page is null)
            {
                mine = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _page = mine.Task;
            }

            page = _page;
        }

        if (mine is null)
            return await page.WaitAsync(ct);

        var isKept = false;
        try
        {
            var made = await make();
            isKept = keep(made);
            mine.SetResult(made);
            return made;
        }
        catch (Exception e)
        {
            mine.SetException(e);
            _ = mine.Task.Exception; // seen: who waits for it is told, and perhaps nobody does
            throw;
        }
        finally
        {
            if (!isKept)
            {
                lock (_gate)
                    _page = null;
            }
        }
    }

    /// <summary>True when the server stopped before the check was done.</summary>
    public bool IsAbandoned => _result.Task.IsCanceled;

    /// <summary>All steps so far, then each as it ends; the enumeration ends with the check. Null says that nothing has happened for a while.</summary>
    public async IAsyncEnumerable<GatherStep?> StepsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        for (var next = 0; ; )
        {
            GatherStep[] fresh;
            Task news;
            bool isDone;
            lock (_gate) // a check that is done by now has told all its steps before
            {
                fresh = [.. _steps.Skip(next)];
                news = _news.Task;
                isDone = _result.Task.IsCompleted;
            }

            foreach (var step in fresh)
                yield return step;

            next += fresh.Length;
            if (fresh.Length > 0)
                continue;

            if (isDone)
                yield break;

            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var silence = Task.Delay(Heartbeat, _clock, patience.Token);
            var first = await Task.WhenAny(news, _result.Task, silence);
            await patience.CancelAsync();
            ct.ThrowIfCancellationRequested();
            if (first == silence)
                yield return null;
        }
    }

    /// <inheritdoc/>
    public void Report(GatherStep value)
    {
        TaskCompletionSource told;
        lock (_gate)
        {
            if (_steps.Count >= MaxSteps)
                return;

            _steps.Add(value);
            (told, _news) = (_news, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        told.SetResult();
    }

    internal void Finish(LookupResult result)
    {
        Volatile.Write(ref _done, result);
        _result.TrySetResult(result);
    }

    internal void Fail(Exception e) => _result.TrySetException(e);

    internal void Stop() => _result.TrySetCanceled();
}
