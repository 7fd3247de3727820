using System.Globalization;
using Postseal.Lab;
using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Documents;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Running;

/// <summary>Plays every case to one server under test: hands in the messages, moves the domains on, and judges what is seen until nothing more is to come.</summary>
internal sealed class SenderRun
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    private readonly LabInternet _lab;
    private readonly Watch _watch;
    private readonly Submission _submission;
    private readonly Progress _progress;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _wait;
    private readonly IReadOnlyDictionary<string, string> _notOffered;
    private readonly IReadOnlyList<CaseRun> _runs;
    private readonly List<Observation> _seen = [];

    public SenderRun(LabInternet lab, Watch watch, RunPlan plan, Submission submission, Progress progress, TimeProvider clock)
    {
        (_lab, _watch, _submission, _progress, _clock) = (lab, watch, submission, progress, clock);
        (Cases, _wait, _notOffered) = (plan.Cases, plan.Wait, plan.NotOffered);
        _runs = [.. plan.Cases.Where(c => !plan.NotOffered.ContainsKey(c.Id)).Select(c => new CaseRun(c, plan.RecipientsOf(c)))];
    }

    /// <summary>All cases, those that are not offered included.</summary>
    public IReadOnlyList<SenderCase> Cases { get; }

    /// <summary>What the sender calls itself.</summary>
    public SenderPart Sender(Via via) => SenderPart.Of(via.ToString(), _seen);

    /// <summary>Runs to the end.</summary>
    public async Task<RunVerdict> RunAsync(CancellationToken ct)
    {
        await _progress.SayAsync($"{_runs.Count} cases, {_runs.Sum(r => r.Case.Stages.Count)} messages", ct);
        while (true)
        {
            await SubmitAsync(ct);
            Look();
            var verdict = Judge(Waited.NotYet);
            await _progress.TellAsync(verdict, ct);
            var now = _clock.GetUtcNow();
            foreach (var run in _runs.Where(r => r.Advance(now, _wait)))
                _lab.Replace(run.Case.Stages[run.Stage].Domain);

            if (_runs.All(r => r.IsDone(now, _wait)))
                break;

            await Task.Delay(Tick, _clock, ct);
        }
        var final = Judge(_wait >= CaseRun.RetryTime ? Waited.ForRetries : Waited.ForOneTry);
        await _progress.TellAsync(final, ct);
        return final;
    }

    private async Task SubmitAsync(CancellationToken ct)
    {
        foreach (var run in _runs.Where(r => r.IsToSubmit(_clock.GetUtcNow())))
        {
            run.Submits(_clock.GetUtcNow());
            var subject = string.Create(CultureInfo.InvariantCulture, $"Sender test {run.Case.Id}, message {run.Stage + 1}");
            if (await _submission.SubmitAsync(run.Recipient, subject, ct) is { } refusal)
                run.Refused(refusal, _clock.GetUtcNow(), _wait);
        }
    }

    private void Look()
    {
        foreach (var observation in _watch.After(_seen.Count))
        {
            _seen.Add(observation);
            foreach (var run in _runs)
                run.See(observation);
        }
    }

    private RunVerdict Judge(Waited waited) =>
        Verdicts.Judge.Of(Cases, _runs.ToDictionary(r => r.Case.Id, r => r.Evidence), waited, _notOffered);
}
