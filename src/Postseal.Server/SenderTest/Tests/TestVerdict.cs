using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>From what was seen in a test to the verdicts.</summary>
internal static class TestVerdict
{
    public static RunVerdict Of(
        IReadOnlyList<SenderCase> cases,
        LiveTest test,
        IReadOnlyList<Observation> seen,
        bool isFinal,
        IReadOnlyDictionary<string, string> notOffered
    )
    {
        _ = test;
        return new(
            Support.Inconclusive,
            Support.Inconclusive,
            Support.Inconclusive,
            Support.Inconclusive,
            isFinal,
            [.. cases.Select(c => Of(c, seen, notOffered))]
        );
    }

    private static CaseVerdict Of(
        SenderCase one,
        IReadOnlyList<Observation> seen,
        IReadOnlyDictionary<string, string> notOffered
    ) =>
        notOffered.TryGetValue(one.Id, out var reason)
            ? new(one.Id, Outcome.NotOffered, one.ExpectedText, reason, [])
            : new(
                one.Id,
                Outcome.Inconclusive,
                one.ExpectedText,
                "Nothing yet.",
                [.. seen.Where(o => IsAbout(o, one.Domain)).Select(ObservationWords.Of)]
            );

    private static bool IsAbout(Observation observation, string domain) =>
        Intake.Place(observation) is var place
        && place.EndsWith(domain, StringComparison.Ordinal)
        && (place.Length == domain.Length || place[^(domain.Length + 1)] == '.');
}
