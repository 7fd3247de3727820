using System.Net;
using CsCheck;
using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Tests;
using Postseal.Server.SenderTest.Verdicts;
using Xunit;
using static Postseal.Tests.Server.SenderTest.Sightings;

namespace Postseal.Tests.Server.SenderTest;

/// <summary>The verdict of a test on the web, from the first sight to the end: whose what was seen is, how much of it is kept, and what follows. What happens at
/// the same time becomes known in any order.</summary>
public sealed class AttributionLaws
{
    private const int Stages = 3;

    private static readonly IPAddress Crawler = IPAddress.Parse("198.51.100.9");

    private static readonly Gen<(Observation[] Seen, Observation[] Strange)> Runs = Gen
        .Bool.SelectMany(isCorrect => Gen.Shuffle(Of(isCorrect ? Correct : Careless)))
        .Select(Gen.Shuffle(Strange()), (seen, strange) => (InRounds(seen), strange));

    [Fact]
    public void Any_interleaving_gives_the_same_verdict() =>
        Runs.Sample(
            run => Assert.Equal(Verdict(InRounds(Of(IsCorrect(run.Seen) ? Correct : Careless)), Words), Verdict(run.Seen, Words)),
            iter: 60
        );

    [Fact]
    public void Strangers_change_no_verdict() =>
        Runs.SelectMany(run =>
                Gen.Shuffle((Observation[])[.. run.Seen, .. run.Strange]).Select(all => (run.Seen, All: InRounds(all)))
            )
            .Sample(run => Assert.Equal(Verdict(run.Seen, Outcomes), Verdict(run.All, Outcomes)), iter: 60);

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(60)]
    public void A_sender_that_is_slow_and_fetches_from_elsewhere_is_not_blamed(int minutes)
    {
        var late = TimeSpan.FromMinutes(minutes);
        var seen = Of(Correct).Select(o => Elsewhere(o) with { At = o.At + (late * (RoundOf(o) + 1)) }).OrderBy(o => o.At);
        DateTimeOffset[] rounds = [.. Enumerable.Range(0, Stages).Select(s => StartOf(s) + (late * s))];
        Assert.Equal(Verdict(Of(Correct).OrderBy(o => o.At), Outcomes), Verdict(seen, Outcomes, rounds));
    }

    [Fact]
    public void A_flood_of_questions_blames_nobody()
    {
        var flood = Enumerable
            .Range(0, 2 * TestLimits.Observations)
            .Select(i => new Observation.Asked(Start, Crawler, $"x{i}.c0.{Zone}", "A"));
        var seen = Of(Correct).Select(Elsewhere).OrderBy(o => o.At);
        Assert.DoesNotContain("Fail", Verdict([.. flood, .. seen], Outcomes), StringComparison.Ordinal);
    }

    // Fetcher and resolver have addresses of their own.
    private static Observation Elsewhere(Observation seen) =>
        seen switch
        {
            Observation.Fetched o => o with { Client = IPAddress.Parse("192.0.2.50") },
            Observation.Asked o => o with { Client = IPAddress.Parse("192.0.2.53") },
            _ => seen,
        };

    private static string Outcomes(CaseVerdict verdict) => $"{verdict.Id} {verdict.Outcome}";

    // What a stranger did is told, and so changes words.
    private static string Words(CaseVerdict verdict) => $"{verdict.Id} {verdict.Outcome} {verdict.Seen}";

    private static bool IsCorrect(Observation[] seen) => seen.Any(o => o is Observation.Fetched);

    private static Observation[] Of(Func<SenderCase, IEnumerable<Observation>> sender) =>
        [.. Cases.SelectMany(sender).Select(OnTheWeb)];

    // A round ends before the next begins; within it everything goes on at once.
    private static Observation[] InRounds(IEnumerable<Observation> seen) => [.. seen.OrderBy(RoundOf)];

    private static int RoundOf(Observation seen) => Enumerable.Range(0, Stages).Last(s => s == 0 || seen.At >= StartOf(s));

    /// <summary>Someone fetches two policies, asks for records, and connects everywhere without a word about the test.</summary>
    private static Observation[] Strange() =>
        [
            .. Cases
                .Where(c => c.Id is "C0" or "C6")
                .SelectMany(c => Learns(c, 0).Concat(Learns(c, 1)))
                .Select(o =>
                    o switch
                    {
                        Observation.Fetched f => f with { UserAgent = "crawler", Client = Crawler },
                        Observation.Asked q => q with { Client = Crawler },
                        _ => o,
                    }
                ),
            .. Cases.Select(c => new Observation.Connected(StartOf(1).AddSeconds(9), Crawler, $"mx1.{c.Domain}")),
            .. Cases.Select(c => new Observation.Left(StartOf(1).AddSeconds(10), Crawler, $"mx1.{c.Domain}")),
            .. Cases.Select(c => new Observation.Addressed(
                StartOf(1).AddSeconds(9),
                Crawler,
                $"mx1.{c.Domain}",
                $"info@{c.Domain}",
                true,
                false
            )),
        ];

    private static string Verdict(
        IEnumerable<Observation> seen,
        Func<CaseVerdict, string> text,
        IReadOnlyList<DateTimeOffset>? begun = null
    )
    {
        var row = new TestRow(Mailbox, Start, Start.AddDays(7), null, null);
        var test = new LiveTest(
            row,
            begun?.Take(1).ToArray() ?? [.. Enumerable.Range(0, Stages).Select(StartOf)],
            [default, default, default]
        );
        var attribution = new Attribution(() => [test]);
        Observation[] kept =
        [
            .. seen.SelectMany(o => attribution.Of(Begun(test, begun, o), null))
                .Where(o => o.Test.Count(o.Observation) is not null)
                .Select(o => o.Observation),
        ];
        var verdict = Judge.Of(
            Cases,
            TestEvidence.Of(Cases, test, SenderSeen.Of(Cases, Mailbox, kept)),
            Waited.ForRetries,
            new Dictionary<string, string>(),
            test.MissesQuestions
        );
        return string.Join(
            '\n',
            [$"{verdict.MtaSts} {verdict.Dane} {verdict.Precedence} {verdict.TlsReports}", .. verdict.Cases.Select(text)]
        );
    }

    // The rounds that have begun when something is seen.
    private static Observation Begun(LiveTest test, IReadOnlyList<DateTimeOffset>? begun, Observation seen)
    {
        while (begun is not null && test.Round < begun.Count && seen.At >= begun[test.Round])
            test.Begin(begun[test.Round]);

        return seen;
    }
}
