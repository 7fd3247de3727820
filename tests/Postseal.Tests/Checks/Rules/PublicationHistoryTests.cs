using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Postseal.Checks;
using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Checks.History;
using Postseal.Checks.Rules;
using Postseal.Protocol.MtaSts;
using Xunit;
using static Postseal.Tests.Checks.FactsBuilder;

namespace Postseal.Tests.Checks.Rules;

public sealed class PublicationHistoryTests
{
    private const string Id = "20261123T120000";
    private const string Testing =
        "version: STSv1\r\nmode: testing\r\nmx: mx1.example.com\r\nmx: mx2.example.com\r\nmax_age: 1209600\r\n";

    private static readonly Gen<Publication> Publications =
        from id in Gen.OneOf(Gen.Const(Id), Gen.Const("1"), Gen.Const("2"))
        from text in Gen.OneOf(Gen.Const(HealthyPolicy), Gen.Const(Testing), Gen.Const("other"))
        from mode in Gen.Enum<StsMode>()
        from maxAge in Gen.OneOf(Gen.Long[0, 3_000_000], Gen.Const(StsPolicy.MaxMaxAge), Gen.Const(uint.MaxValue + 0L))
        from age in Gen.Int[0, 800]
        from length in Gen.Int[0, 100]
        select new Publication(id, Hash(text), mode, maxAge, Now.AddDays(-age - length), Now.AddDays(-age));

    private static readonly Gen<Publication[]> Histories = Publications
        .Array[0, 8]
        .Select(all => all.OrderByDescending(p => p.FirstSeen).ToArray());

    [Fact]
    public void Without_memory_nothing_is_said()
    {
        Assert.Empty(PublicationHistory.Drift(Healthy(), []));
        Assert.Empty(PublicationHistory.Refetch(Healthy(), []));
    }

    [Fact]
    public void The_same_publication_all_the_time_is_nothing_to_speak_of()
    {
        Publication[] earlier = [Was(HealthyPolicy, Id, from: -300, to: -1)];

        Assert.Empty(PublicationHistory.Drift(Healthy(), earlier));
        Assert.Empty(PublicationHistory.Refetch(Healthy(), earlier));
    }

    [Fact]
    public void Another_text_under_the_same_id_drifts_until_the_earlier_one_has_run_out_or_the_id_changes()
    {
        Publication[] earlier = [Was(HealthyPolicy, Id, from: -5, to: -1), Was(Testing, Id, from: -50, to: -6)];

        var finding = Assert.Single(PublicationHistory.Drift(Healthy(), earlier));

        Assert.Equal((Level.Warn, "example.com"), (finding.Level, finding.Subject));
        Assert.Equal(
            "The policy has another text since 2026-11-18, but the record's id is still 20261123T120000. "
                + "Senders that hold the earlier text (mode testing, now enforce) need not notice until it runs out, by 2026-12-01.",
            finding.Summary
        );
        Assert.EndsWith(
            "\n_mta-sts.example.com. IN TXT \"v=STSv1; id=20261123T120000;\"",
            finding.Remedy,
            StringComparison.Ordinal
        );
        Assert.Equal("2026-11-18T12:00:00Z", finding.Evidence["since"]);
        Assert.Empty(PublicationHistory.Drift(Healthy() with { CheckedAt = Now.AddDays(8) }, earlier));
        Assert.Single(PublicationHistory.Drift(Healthy() with { CheckedAt = Now.AddDays(7.9) }, earlier));
        Assert.Empty(PublicationHistory.Drift(Healthy().WithRecord("v=STSv1; id=new;"), earlier));
    }

    [Fact]
    public void A_text_that_another_address_serves_now_is_no_change()
    {
        var facts = Healthy().WithFetch(Attempt(HealthyPolicy), Attempt(Testing, PolicyAddress6));

        Assert.Empty(PublicationHistory.Drift(facts, [Was(Testing, Id, from: -3, to: -1)]));
    }

    [Fact]
    public void A_new_id_for_the_same_text_is_told_for_a_week()
    {
        Publication[] justNow = [Was(HealthyPolicy, "1", from: -50, to: -2)];
        Publication[] before = [Was(HealthyPolicy, Id, from: -6, to: -1), .. justNow];
        Publication[] longAgo = [Was(HealthyPolicy, Id, from: -7, to: -1), .. justNow];

        Assert.Equal("1", Assert.Single(PublicationHistory.Refetch(Healthy(), justNow)).Evidence["earlierId"]);
        Assert.Equal("2026-11-17T12:00:00Z", Assert.Single(PublicationHistory.Refetch(Healthy(), before)).Evidence["since"]);
        Assert.Empty(PublicationHistory.Refetch(Healthy(), longAgo));
        Assert.Empty(PublicationHistory.Refetch(Healthy(), [Was(Testing, "1", from: -50, to: -2)]));
    }

    [Theory]
    [InlineData(0.5, null, "0")]
    [InlineData(1.5, "It has been so for a day at least.", "1")]
    [InlineData(45, "It has been so for 45 days at least.", "45")]
    public void Days_in_testing_mode_are_counted(double days, string? sentence, string count)
    {
        var facts = Healthy().WithPolicy(Testing);

        var finding = Mode(facts, Was(Testing, Id, from: -days, to: 0), Was(HealthyPolicy, "1", from: -200, to: -100));

        Assert.Equal(count, finding.Evidence["testingDays"]);
        Assert.EndsWith(sentence ?? "no mail yet.", finding.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_text_in_testing_mode_goes_on_testing_and_another_mode_begins_anew()
    {
        var facts = Healthy().WithPolicy(Testing);

        var on = Mode(
            facts,
            Was(Testing, Id, from: -5, to: -1),
            Was(Testing + "x: y\r\n", "1", StsMode.Testing, from: -90, to: -6)
        );
        var anew = Mode(facts, Was(HealthyPolicy, Id, from: -5, to: -1), Was(Testing, "1", from: -90, to: -6));

        Assert.Equal("2026-08-25T12:00:00Z", on.Evidence["testingSince"]);
        Assert.Empty(anew.Evidence);
        Assert.Empty(Mode(facts).Evidence);
    }

    [Fact]
    public void Drift_is_found_exactly_when_a_sender_may_hold_another_text_under_this_id() =>
        Histories.Sample(earlier =>
        {
            var now = Publication.Of(Healthy())!;
            var held = earlier.Any(p =>
                p.RecordId == now.RecordId
                && p.PolicySha256 != now.PolicySha256
                && (Now - p.LastSeen).TotalSeconds < Math.Min(p.MaxAge, 31557600)
            );
            Assert.Equal(held, PublicationHistory.Drift(Healthy(), earlier).Any());
        });

    [Fact]
    public void Memory_adds_findings_and_takes_none_away() =>
        Histories.Sample(earlier =>
        {
            var without = CheckResult.Of(Healthy());
            var with = CheckResult.Of(Healthy(), earlier);

            string[] own = ["pol-id-drift", "pol-id-changed-body-same"];
            Assert.Equal(without.Findings.Select(f => f.Id), with.Findings.Select(f => f.Id).Where(id => !own.Contains(id)));
            Assert.Equal(without.Verdict, with.Verdict);
            Assert.DoesNotContain(with.Findings, f => f.Summary.Any(char.IsControl));
        });

    [Fact]
    public void Who_sees_no_policy_says_nothing_about_its_history() =>
        Histories.Sample(earlier =>
        {
            foreach (
                var facts in (DomainFacts[])
                    [Healthy().WithPolicy(""), Healthy().WithRecord(), Healthy().WithRecordAnswer(Failed<string>())]
            )
                Assert.Empty(PublicationHistory.Drift(facts, earlier).Concat(PublicationHistory.Refetch(facts, earlier)));
        });

    private static Finding Mode(DomainFacts facts, params Publication[] earlier) =>
        Assert.Single(PolicyText.Mode(facts, earlier));

    private static Publication Was(string text, string id, double from, double to) =>
        Was(text, id, text == Testing ? StsMode.Testing : StsMode.Enforce, from, to);

    private static Publication Was(string text, string id, StsMode mode, double from, double to) =>
        new(id, Hash(text), mode, 1209600, Now.AddDays(from), Now.AddDays(to));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
