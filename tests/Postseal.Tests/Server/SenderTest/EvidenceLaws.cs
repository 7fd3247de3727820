using CsCheck;
using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Verdicts;
using Xunit;
using static Postseal.Tests.Server.SenderTest.Sightings;

namespace Postseal.Tests.Server.SenderTest;

/// <summary>What holds of verdicts whatever was seen, in whatever order.</summary>
public sealed class EvidenceLaws
{
    private static readonly Observation[] All = [.. Cases.SelectMany(Everything)];

    // Any part of what any sender might show, the same thing perhaps again at another time.
    private static readonly Gen<Observation[]> Seen = Gen.Int[0, All.Length - 1]
        .Select(Gen.Int[0, 200], (index, seconds) => All[index] with { At = All[index].At.AddSeconds(seconds) })
        .Array[0, 400];

    // Both domains in order have their messages in half of the runs.
    private static readonly Gen<Observation[]> Runs = Seen.Select(
        Gen.Bool,
        (seen, arrives) =>
            arrives ? [.. seen, .. Correct(Case(CaseCatalogue.ControlId)), .. Correct(Case(CaseCatalogue.ValidId))] : seen
    );

    [Fact]
    public void Any_order_gives_the_same_verdict() =>
        Runs.SelectMany(seen => Gen.Shuffle(seen).Select(Gen.Bool, (other, isFinal) => (seen, other, isFinal)))
            .Sample(t => Text(Verdict(t.seen, t.isFinal)) == Text(Verdict(t.other, t.isFinal)), iter: 200);

    [Fact]
    public void More_evidence_never_turns_a_failure_into_a_pass() =>
        Runs.Select(Seen, Gen.Bool, (seen, more, isFinal) => (seen, more, isFinal))
            .Sample(
                t =>
                {
                    var before = Verdict(t.seen, isFinal: false);
                    var after = Verdict([.. t.seen, .. t.more], t.isFinal);
                    return before
                        .Cases.Zip(after.Cases)
                        .All(p => p.First.Outcome != Outcome.Fail || p.Second.Outcome != Outcome.Pass);
                },
                iter: 200
            );

    [Fact]
    public void The_end_settles_nothing_that_was_settled() =>
        Runs.Sample(
            seen =>
                Verdict(seen, isFinal: false)
                    .Cases.Zip(Verdict(seen, isFinal: true).Cases)
                    .All(p => p.First.Outcome == Outcome.Inconclusive || p.First.Outcome == p.Second.Outcome),
            iter: 200
        );

    private static RunVerdict Verdict(Observation[] seen, bool isFinal) => Judged(_ => seen, isFinal);

    private static IEnumerable<Observation> Everything(SenderCase @case) =>
        Enumerable
            .Range(0, @case.Stages.Count)
            .SelectMany(stage =>
                (Observation[])
                    [
                        .. Learns(@case, stage),
                        .. Learns(@case, stage, 404),
                        .. Refuses(@case, stage),
                        .. Delivers(@case, stage),
                        .. Delivers(@case, stage, "mx2", tls: false),
                        .. Delivers(@case, stage).Select(o => o is Observation.Delivered d ? d with { TlsRequired = "No" } : o),
                    ]
            )
            .Concat(Correct(@case));

    private static string Text(RunVerdict verdict) =>
        string.Join(
            '\n',
            [
                $"{verdict.MtaSts} {verdict.Dane} {verdict.Precedence} {verdict.TlsReports} {verdict.IsFinal}",
                .. verdict.Cases.SelectMany(c => (string[])[$"{c.Id} {c.Outcome} {c.Seen}", .. c.Evidence]),
            ]
        );
}
