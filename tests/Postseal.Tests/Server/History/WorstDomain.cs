using Postseal.Checks;
using Postseal.Checks.Facts;
using Postseal.Checks.Json;
using Postseal.Protocol;
using static Postseal.Tests.Checks.FactsBuilder;

namespace Postseal.Tests.Server.History;

/// <summary>A domain whose every check shows as much as can be, and each time something else: what somebody would publish who wants to fill our disk.</summary>
internal static class WorstDomain
{
    private const int Hosts = 19;
    private const int Names = 100; // of one certificate, as many as a document tells of

    // With the findings just below the 512 KB that were the limit of a document once.
    private const int NameLength = 150;

    /// <summary>One check.</summary>
    /// <param name="name">The domain.</param>
    /// <param name="n">Which one: no two show the same.</param>
    /// <param name="at">When.</param>
    public static (DomainFacts Facts, CheckDocument Document) Check(string name, int n, DateTimeOffset at)
    {
        var facts = Healthy().WithRecord($"v=STSv1; id={n};") with { Domain = DomainName.Parse(name), CheckedAt = at };
        var document = CheckDocuments.Of(CheckResult.Of(facts));
        return (facts, document with { Findings = [.. document.Findings, .. Findings(n)], Mx = [.. Mx(document.Mx[0], n)] });
    }

    private static IEnumerable<FindingPart> Findings(int n) =>
        Enumerable
            .Range(0, 200)
            .Select(i => new FindingPart(
                "mx-dup",
                "warn",
                $"{n}-{i}-{new string('s', 280)}",
                new string('t', 600),
                null,
                null,
                new Dictionary<string, string>()
            ));

    private static IEnumerable<MxPart> Mx(MxPart one, int n)
    {
        var session = one.Sessions[0];
        for (var host = 0; host < Hosts; host++)
            yield return one with
            {
                Host = $"mx{host}.{n}.example.com",
                Sessions =
                [
                    session with
                    {
                        Certificate = session.Certificate! with
                        {
                            San = [.. Enumerable.Range(0, Names).Select(i => $"{i}.{n}.".PadRight(NameLength, 'n'))],
                        },
                    },
                ],
            };
    }
}
