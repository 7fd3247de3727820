using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Documents;
using Postseal.Server.SenderTest.Verdicts;
using Xunit;
using static Postseal.Tests.Server.SenderTest.Sightings;

namespace Postseal.Tests.Server.SenderTest.Documents;

/// <summary>The JSON of the sender test: a contract.</summary>
public sealed class RunDocumentTests
{
    [Fact]
    public void A_run_reads_like_this()
    {
        var c = Case("C26");
        var verdict = new RunVerdict(
            Support.Yes,
            Support.No,
            Support.Inconclusive,
            Support.Partly,
            IsFinal: true,
            [new("C26", Outcome.NotOffered, c.ExpectedText, "No IPv6 here.", ["line"])]
        );
        var json = RunDocument.Of(SenderPart.Of("127.0.0.1:25", [.. Learns(c, 0), .. Delivers(c, 0)]), Cases, verdict).ToJson();
        Assert.Equal(
            """
            {
              "schema": "postseal.sender-test/1",
              "sender": {
                "via": "127.0.0.1:25",
                "names": [
                  "sender.test"
                ],
                "agents": [
                  "agent/1"
                ]
              },
              "overall": {
                "mtaSts": "yes",
                "dane": "no",
                "precedence": "inconclusive",
                "tlsReports": "partly"
              },
              "final": true,
              "cases": [
                {
                  "id": "C26",
                  "title": "IPv6 only",
                  "address": null,
                  "verdict": "not-offered",
                  "expected": "The message arrives over IPv6.",
                  "seen": "No IPv6 here.",
                  "evidence": [
                    "line"
                  ],
                  "requirements": [
                    "5321-5.1-4"
                  ],
                  "remedy": null
                }
              ]
            }
            """,
            json
        );
    }

    [Fact]
    public void Only_what_failed_has_a_remedy()
    {
        var outcomes = new[] { Outcome.Fail, Outcome.Pass, Outcome.Inconclusive, Outcome.NotOffered };
        var parts = outcomes.Select(o => CasePart.Of(Case("C2"), null, new("C2", o, "", "", [])));
        Assert.Equal([Case("C2").Remedy, null, null, null], parts.Select(p => p.Remedy));
    }

    [Fact]
    public void A_test_on_the_web_has_all_that_a_run_has_under_the_same_names()
    {
        var test = typeof(TestDocument).GetProperties().ToDictionary(p => p.Name, p => p.PropertyType);
        Assert.All(typeof(RunDocument).GetProperties(), p => Assert.Equal(p.PropertyType, test.GetValueOrDefault(p.Name)));
    }

    [Fact]
    public void A_sender_is_named_once_for_each_name_inert_and_by_the_policies_that_it_fetched()
    {
        var c = Case("C0");
        var other = new Observation.Fetched(Start, Client, $"reports.{c.Domain}", "/robots.txt", "crawler", 404);
        var names = Enumerable.Range(0, 9).Select(n => new Observation.Greeted(Start, Client, c.Domain, $"\e{n}", OverTls: true));
        var sender = SenderPart.Of(via: null, [.. Learns(c, 0), .. Learns(c, 1), other, .. names, .. names]);
        Assert.Null(sender.Via);
        Assert.Equal(["agent/1"], sender.Agents);
        Assert.Equal(5, sender.Names.Count);
        Assert.Equal(@"\x1B0", sender.Names[0]);
    }
}
