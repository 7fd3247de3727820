using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Postseal.Lab;
using Postseal.Lab.Watching;
using Postseal.Resolver.Sts;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Tests.Server.SenderTest.Simulator;

/// <summary>A whole test of a simulated sender, on a clock of its own.</summary>
internal static class SimulatedRun
{
    private static readonly DateTimeOffset Start = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    // RFC 5321 §4.5.4.1: at least 30 minutes.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMinutes(30);

    public static Task<RunVerdict> RunAsync(Defect defects, CancellationToken ct) =>
        RunAsync(defects, Start, new MemoryPolicyStore(), ct);

    /// <summary>A run at some time with a sender that knows policies from before.</summary>
    public static async Task<RunVerdict> RunAsync(Defect defects, DateTimeOffset start, IPolicyStore store, CancellationToken ct)
    {
        var clock = new FakeTimeProvider(start);
        var seen = new ConcurrentQueue<Observation>();
        var cases = CaseCatalogue.All(Sightings.Zone, a => a.StartsWith("token", StringComparison.Ordinal), PolicyIds.Of(start));
        await using var lab = await LabInternet.StartAsync(
            new() { Clock = clock, Observer = seen.Enqueue },
            [.. cases.Select(c => c.Stages[0].Domain)],
            ct
        );
        using var sender = new SimulatedSender(lab, clock, defects, store);
        await sender.LoadAsync(ct);
        var probes = cases.ToDictionary(c => c.Id, _ => new List<Probe>());
        for (var stage = 0; stage < cases.Max(c => c.Stages.Count); stage++)
        {
            var playing = cases.Where(c => stage < c.Stages.Count).ToList();
            clock.Advance(playing.Max(c => c.Stages[stage].After) + TimeSpan.FromSeconds(1));
            foreach (var @case in playing.Where(c => stage > 0 && c.Stages[stage].Domain != c.Stages[stage - 1].Domain))
                lab.Replace(@case.Stages[stage].Domain);
            foreach (var @case in playing)
                probes[@case.Id].Add(new(stage, Sightings.Recipient(@case, stage), clock.GetUtcNow()));

            await Task.WhenAll(playing.Select(c => sender.SendAsync(probes[c.Id][^1].Recipient, ct)));
        }
        clock.Advance(RetryInterval);
        await sender.RetryAsync(ct);
        foreach (var @case in cases)
            await sender.ReportAsync(@case.Domain, ct);

        return Judge.Of(
            cases,
            cases.ToDictionary(c => c.Id, c => Evidence.Of(c, probes[c.Id], seen)),
            Waited.ForRetries,
            LabInternet.HasIPv6 ? new Dictionary<string, string>() : new() { ["C26"] = "No IPv6 here." }
        );
    }
}
