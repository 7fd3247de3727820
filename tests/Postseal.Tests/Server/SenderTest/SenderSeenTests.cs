using System.Net;
using Postseal.Lab.Https;
using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Tests;
using Postseal.Server.SenderTest.Verdicts;
using Xunit;
using static Postseal.Tests.Server.SenderTest.Sightings;

namespace Postseal.Tests.Server.SenderTest;

/// <summary>What is a sender's own, in a test that anybody can look at.</summary>
public sealed class SenderSeenTests
{
    private static readonly string Mailbox = new('a', TestKey.Length);
    private static readonly IPAddress Elsewhere = IPAddress.Parse("198.51.100.1");

    // A sender without MTA-STS: it delivers everywhere.
    private static readonly Observation[] Plain =
    [
        .. Cases.SelectMany(c =>
            Enumerable
                .Range(0, c.Stages.Count)
                .SelectMany(s => Delivers(c, s).Where(o => o is not Observation.Asked).Select(o => To(o, c.Domain, s)))
        ),
    ];

    [Theory]
    [InlineData("C0")]
    [InlineData("C2")]
    [InlineData("C0", "C11")]
    public void A_stranger_flips_nothing(params string[] looked)
    {
        var alone = Judged(Plain);
        var beside = Judged([.. looked.Select(id => Fetch(id, "crawler", Elsewhere)), .. looked.SelectMany(Questions), .. Plain]);
        Assert.Equal(Support.No, beside.MtaSts);
        Assert.Equal(alone.Cases.Select(c => (c.Id, c.Outcome)), beside.Cases.Select(c => (c.Id, c.Outcome)));
        Assert.All(
            looked,
            id =>
                Assert.Equal(
                    3,
                    beside
                        .Cases.Single(c => c.Id == id)
                        .Evidence.Count(l => l.Contains("may be someone else's", StringComparison.Ordinal))
                )
        );
    }

    [Fact]
    public void A_stranger_makes_no_case_of_one_that_was_left_out()
    {
        Observation[] seen =
        [
            .. Plain.Where(o => !Case("C9").Holds(o.Place)),
            Fetch("C9", "crawler", Elsewhere),
            .. Questions("C9"),
        ];
        Assert.Equal(Outcome.Inconclusive, Judged(seen).Cases.Single(c => c.Id == "C9").Outcome);
    }

    [Fact]
    public void The_senders_own_address_counts_and_so_does_a_fetcher_that_comes_for_three_domains()
    {
        Assert.Equal(Outcome.Pass, Valid(Fetch("C0", "agent", Client)));
        Assert.Equal(Outcome.Fail, Valid(Fetch("C0", "agent", Elsewhere), Fetch("C2", "agent", Elsewhere)));
        Assert.Equal(
            Outcome.Pass,
            Valid(Fetch("C0", "agent", Elsewhere), Fetch("C2", "agent", Elsewhere), Fetch("C6", "agent", Elsewhere))
        );
    }

    [Fact]
    public void A_pool_of_addresses_is_one_fetcher_by_its_User_Agent()
    {
        string[] ids = ["C0", "C2", "C6"];
        foreach (var agent in (string?[])["agent", null])
            Assert.Equal(
                Outcome.Pass,
                Valid([.. ids.Select((id, i) => Fetch(id, agent, new IPAddress([198, 51, 100, (byte)i])))])
            );

        Assert.Equal(Outcome.Fail, Valid([.. ids.Select((id, i) => Fetch(id, $"agent {i}", Elsewhere))]));
    }

    [Fact]
    public void Who_looks_at_other_pages_of_three_domains_is_no_fetcher_of_policies()
    {
        string[] ids = ["C2", "C6"];
        Observation[] pages = [.. ids.Select(id => Fetch(id, "crawler", Elsewhere) with { Path = "/robots.txt" })];
        Assert.Equal(Outcome.Fail, Valid([Fetch("C0", "crawler", Elsewhere), .. pages]));
    }

    private static Outcome Valid(params Observation[] fetches) =>
        Judged([.. fetches, .. Plain]).Cases.Single(c => c.Id == "C0").Outcome;

    private static RunVerdict Judged(IReadOnlyList<Observation> seen)
    {
        var test = new LiveTest(new(Mailbox, Start, Start.AddDays(7), 0, null), [StartOf(0), StartOf(1), StartOf(2)], [default]);
        var sorted = SenderSeen.Of(Cases, Mailbox, seen);
        return Judge.Of(
            Cases,
            TestEvidence.Of(Cases, test, sorted),
            Waited.ForRetries,
            new Dictionary<string, string>(),
            test.MissesQuestions
        );
    }

    private static Observation.Fetched Fetch(string id, string? agent, IPAddress client) =>
        new(Start.AddSeconds(1), client, $"mta-sts.{Case(id).Domain}", PolicySite.Path, agent, 200);

    private static Observation[] Questions(string id) =>
        [
            new Observation.Asked(Start.AddSeconds(1), Elsewhere, $"_mta-sts.{Case(id).Domain}", "TXT"),
            new Observation.Asked(StartOf(2).AddSeconds(1), Elsewhere, Case(id).Domain, "MX"),
        ];

    private static Observation To(Observation seen, string domain, int stage)
    {
        var address = new Address(Mailbox, stage + 1, domain).ToString();
        return seen switch
        {
            Observation.Addressed o => o with { Recipient = address },
            Observation.Delivered o => o with { Recipient = address },
            _ => seen,
        };
    }
}
