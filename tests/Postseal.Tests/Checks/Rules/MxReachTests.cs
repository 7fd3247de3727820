using Postseal.Checks.Facts;
using Postseal.Checks.Rules;
using Postseal.Smtp.Probe;
using Xunit;
using static Postseal.Tests.Checks.Rules.MxFacts;

namespace Postseal.Tests.Checks.Rules;

public sealed class MxReachTests
{
    public static TheoryData<ProbeStop, string> Stops =>
        new()
        {
            { new ProbeStop.NotConnected("tcp-refused", NoRoute: false, "Refused."), "smtp-unreachable" },
            { new ProbeStop.NotConnected("tcp-timeout", NoRoute: false, "Timeout."), "smtp-unreachable" },
            { new ProbeStop.NotConnected("tcp-unreachable", NoRoute: true, "No route."), "smtp-unreachable" },
            { new ProbeStop.AddressRefused("Not public."), "smtp-unreachable" },
            { new ProbeStop.Closed(ProbeStep.Greeting, "Closed."), "smtp-unreachable" },
            { new ProbeStop.TimedOut(ProbeStep.Ehlo, "Timeout."), "smtp-unreachable" },
            { new ProbeStop.ProtocolError(ProbeStep.Greeting, "smtp.reply.code", "Not SMTP."), "smtp-unreachable" },
            { new ProbeStop.TimedOut(ProbeStep.Greeting, "No greeting."), "smtp-slow-greet" },
            { Rejected(ProbeStep.Greeting, 554, "go away"), "smtp-blocked-us" },
            { Rejected(ProbeStep.Ehlo, 550, "no"), "smtp-blocked-us" },
            { Rejected(ProbeStep.Greeting, 421, "too many connections"), "smtp-blocked-us" },
            { Rejected(ProbeStep.Greeting, 421, "Greylisted, try again"), "smtp-greylisted" },
            { Rejected(ProbeStep.Ehlo, 450, "later"), "smtp-greylisted" },
            { Rejected(ProbeStep.Greeting, 451, "later"), "smtp-greylisted" },
            { Rejected(ProbeStep.Greeting, 554, "You are GRAYLISTED"), "smtp-greylisted" },
        };

    [Theory]
    [MemberData(nameof(Stops))]
    public void What_cannot_be_tested_is_unknown_and_never_a_fault(ProbeStop stop, string id)
    {
        var facts = Facts(Enforce, Host() with { Sessions = [Silent(stop)] });

        Assert.Equal([$"{id} Unknown mx1.example.com"], Lines(facts, All));
        Assert.Empty(Faults(facts));
    }

    [Fact]
    public void One_silent_address_of_several_is_named()
    {
        var silent = Silent(new ProbeStop.NotConnected("tcp-refused", NoRoute: false, "Refused."), "2001:db8::9");
        var facts = Facts(Enforce, Host() with { Sessions = [.. Host().Sessions, silent] });

        Assert.Equal(["smtp-unreachable Unknown mx1.example.com [2001:db8::9]"], Lines(facts, All));
    }

    [Fact]
    public void A_private_address_that_does_not_answer_has_one_fault()
    {
        var refused = new ProbeStop.NotConnected("tcp-unreachable", NoRoute: false, "No route.");
        var facts = Facts(Enforce, Host() with { Sessions = [.. Host().Sessions, Silent(refused, "fe80::25")] });

        Assert.Empty(Lines(facts, All));
    }

    [Fact]
    public void Two_silent_addresses_of_one_host_are_one_finding()
    {
        var stop = new ProbeStop.NotConnected("tcp-timeout", NoRoute: false, "Timeout.");
        var facts = Facts(Enforce, Host() with { Sessions = [Silent(stop, "192.0.2.1"), Silent(stop, "192.0.2.2")] });

        var finding = Assert.Single(MxReach.Unreachable(facts));

        Assert.Equal("smtp-unreachable Unknown mx1.example.com", Line(finding));
        Assert.Equal("192.0.2.1, 192.0.2.2", finding.Evidence["addresses"]);
    }

    [Fact]
    public void A_machine_without_IPv6_says_so_once_and_accuses_nobody()
    {
        var noRoute = new ProbeStop.NotConnected("tcp-unreachable", NoRoute: true, "No route.");
        var facts = Facts(
            Enforce,
            Host() with
            {
                Sessions = [.. Host().Sessions, Silent(noRoute, "2001:db8::1")],
            },
            Host("mx2.example.com") with
            {
                Sessions = [.. Host("mx2.example.com").Sessions, Silent(noRoute, "2001:db8::2")],
            }
        );

        Assert.Equal(["smtp-unreachable Info example.com"], Lines(facts, All));
        Assert.Equal("2001:db8::1, 2001:db8::2", MxReach.Unreachable(facts).Single().Evidence["addresses"]);
    }

    [Theory]
    [Trait("rfc", "5321-4.5.3.2-1")]
    [InlineData(9, null)]
    [InlineData(14, "smtp-slow-greet Info mx1.example.com")]
    public void A_late_greeting_is_mentioned(int seconds, string? expected)
    {
        var slow = Host().WithProbe(p => p with { Timings = p.Timings with { Greeting = TimeSpan.FromSeconds(seconds) } });

        Assert.Equal(expected is null ? [] : [expected], Lines(Facts(Enforce, slow), All));
    }

    [Fact]
    [Trait("rfc", "3207-4-3")]
    public void A_server_that_insists_on_TLS_is_mentioned()
    {
        var insists = Silent(Rejected(ProbeStep.Ehlo, 530, "5.7.0 Must issue a STARTTLS command first"));
        var facts = Facts(NoPolicy, Host() with { Sessions = [insists] });

        Assert.Equal(["mx-refuses-plaintext Info mx1.example.com"], Lines(facts, MxReach.RefusesPlaintext));
    }

    private static readonly Func<DomainFacts, IEnumerable<Postseal.Checks.Findings.Finding>>[] All =
    [
        MxReach.Unreachable,
        MxReach.Blocked,
        MxReach.Greylisted,
        MxReach.SlowGreeters,
        MxReach.RefusesPlaintext,
    ];

    private static IEnumerable<string> Faults(DomainFacts facts) =>
        RuleBook
            .Judge(facts)
            .Where(f =>
                f.Id.StartsWith("starttls", StringComparison.Ordinal) || f.Id.StartsWith("cert", StringComparison.Ordinal)
            )
            .Select(Line);
}
