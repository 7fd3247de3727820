using System.Net;
using Postseal.Lab.Watching;
using Postseal.Protocol;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Documents;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>A test as it stands: what pages and API show.</summary>
/// <param name="Row">Which test.</param>
/// <param name="Sender">Who sends, as far as it has been seen; safe to print. Empty before the first message.</param>
/// <param name="Known">The same for programs.</param>
/// <param name="Round">The round that runs.</param>
/// <param name="Rounds">How many there are.</param>
/// <param name="RoundAt">When it began.</param>
/// <param name="SendAt">When its messages are to be sent, at the earliest.</param>
/// <param name="Reached">Of the addresses of this round: how many the sender has been seen to come for.</param>
/// <param name="IsShared">Whether another test has the same sender, so that connections may be the other's.</param>
/// <param name="MissesQuestions">Whether something that the sender asked for may have been given to nobody.</param>
/// <param name="Cases">All cases, in order.</param>
/// <param name="Verdict">Every verdict.</param>
public sealed record TestReport(
    TestRow Row,
    string Sender,
    SenderPart Known,
    int Round,
    int Rounds,
    DateTimeOffset RoundAt,
    DateTimeOffset SendAt,
    int Reached,
    bool IsShared,
    bool MissesQuestions,
    IReadOnlyList<TestCase> Cases,
    RunVerdict Verdict
)
{
    /// <summary>When the domains that were this test's own were given to another; null while they were not.</summary>
    public DateTimeOffset? PlaceLostAt { get; init; }

    /// <summary>What it was made from: how many observations.</summary>
    public int Observations { get; init; }

    /// <summary>Observations for which there was no room.</summary>
    public int NotKept { get; init; }

    private const int MaxSenders = 5; // named; large senders have more addresses than anybody reads
    private const int MaxName = 100; // of an EHLO name, which has 255 at the most

    /// <summary>The addresses of the round that runs.</summary>
    public IEnumerable<string> Addresses => Cases.Where(c => c.Address is not null).Select(c => c.Address!);

    /// <summary>When nothing changes any more, unless another round begins before.</summary>
    public DateTimeOffset FinalAt => SendAt + TestLimits.Final;

    /// <summary>Reads what was seen.</summary>
    internal static TestReport Of(SenderBench bench, LiveTest test, IReadOnlyList<Observation> seen, DateTimeOffset now)
    {
        var (cases, notOffered) = bench.CasesOf(test.Row.Place, test.WhyNoPlace);
        var sorted = SenderSeen.Of(cases, test.Row.Mailbox, seen.Where(test.Takes));
        var own = sorted.Own;
        var evidence = TestEvidence.Of(cases, test, sorted);
        var misses = test.MissesQuestions || bench.SeesEveryQuestion && IsMute(seen);
        var verdict = Judge.Of(
            cases,
            evidence,
            test.IsFinal(now) ? Waited.ForRetries : Waited.NotYet,
            notOffered,
            misses,
            IsCutOff
        );
        return new(
            test.Row,
            Senders(own),
            SenderPart.Of(via: null, own),
            test.Round,
            test.MostRounds,
            test.Rounds[^1],
            test.SendAt,
            evidence.Values.Count(e => e.Probes.Any(p => p.Stage == test.Round - 1)),
            test.IsShared,
            misses,
            [.. cases.Select(c => Case(c, test, verdict, notOffered))],
            verdict
        )
        {
            PlaceLostAt = test.PlaceLostAt,
            Observations = seen.Count,
            NotKept = test.NotKept,
        };

        bool IsCutOff(SenderCase one) => test.PlaceLostAt is not null && one.Changes();
    }

    // Who delivers has asked where to: another test got the questions, as its sender asks from the same address.
    private static bool IsMute(IReadOnlyList<Observation> seen) =>
        seen.Any(o => o is Observation.Delivered) && !seen.Any(o => o is Observation.Asked);

    private static TestCase Case(
        SenderCase one,
        LiveTest test,
        RunVerdict verdict,
        IReadOnlyDictionary<string, string> notOffered
    ) =>
        new(
            one,
            one.Stages.Count >= test.Round && !notOffered.ContainsKey(one.Id) && !(test.PlaceLostAt is not null && one.Changes())
                ? test.Row.AddressOf(one, test.Round)
                : null,
            verdict.Cases.First(v => v.Id == one.Id)
        );

    private static string Senders(IReadOnlyList<Observation> seen)
    {
        var names = seen.OfType<Observation.Greeted>()
            .GroupBy(g => g.Client)
            .Select(g => Name(g.Key, g.Last().Name))
            .Take(MaxSenders + 1)
            .ToArray();
        return string.Join(", ", names.Length > MaxSenders ? [.. names[..MaxSenders], "…"] : names);
    }

    private static string Name(IPAddress? client, string ehlo) =>
        client is null ? PrintableText.Of(ehlo, MaxName) : $"{PrintableText.Of(ehlo, MaxName)} [{client}]";
}

/// <summary>One case of a test.</summary>
/// <param name="Case">The case.</param>
/// <param name="Address">Where its message of this round goes; null when this round has none for it.</param>
/// <param name="Verdict">What came of it so far.</param>
public sealed record TestCase(SenderCase Case, string? Address, CaseVerdict Verdict);
