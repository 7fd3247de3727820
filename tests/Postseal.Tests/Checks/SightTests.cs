using System.Net;
using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Checks.History;
using Postseal.Checks.Rules;
using Postseal.Protocol.Tls;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Postseal.Resolver.PolicyHost;
using Postseal.Smtp.Probe;
using Xunit;
using static Postseal.Tests.Checks.FactsBuilder;

namespace Postseal.Tests.Checks;

/// <summary>Which findings a check could not judge: they must not count as gone.</summary>
public sealed class SightTests
{
    private const string Mx1 = "mx1.example.com";
    private static readonly TlsOutcome Timeout = new TlsOutcome.Unknown("tcp-timeout");

    public static TheoryData<string> Ids => [.. Catalogue.All.Select(k => k.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_check_that_saw_everything_judges_every_finding(string id)
    {
        Assert.True(Sight.Saw(Complete(), id, "example.com"));
        Assert.True(Sight.Saw(Complete(), id, Mx1));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_check_that_saw_nothing_judges_no_finding(string id)
    {
        var blind = Healthy()
            .WithRecordAnswer(Failed<string>())
            .WithReportsAnswer(Failed<string>())
            .WithoutHosts(new MxLookup.Failed(DnsFailure.Timeout, "No answer.")) with
        {
            ApexTxt = Failed<string>(),
        };

        Assert.False(Sight.Saw(blind, id, "example.com"));
        Assert.False(Sight.Saw(blind, id, Mx1));
    }

    [Theory]
    [InlineData(FetchFailure.DnsFailed, false, "")]
    [InlineData(FetchFailure.DnsAbsent, false, "host-dns")]
    [InlineData(FetchFailure.Tcp, true, "host-dns")]
    [InlineData(FetchFailure.Tcp, false, "host-dns host-tcp")]
    [InlineData(FetchFailure.TlsName, false, "host-dns host-tcp host-tls-expired")]
    [InlineData(FetchFailure.HttpStatus, false, "host-dns host-tcp host-tls-expired http-redirect")]
    public void The_policy_host_is_judged_as_far_as_the_fetch_came(FetchFailure failure, bool ours, string judged)
    {
        var facts = Healthy().WithFetchFailure(failure, ours);
        string[] ids =
        [
            "host-dns",
            "host-tcp",
            "host-tls-expired",
            "http-redirect",
            "pol-mode-testing",
            "pol-id-drift",
            "mx-uncovered",
        ];

        Assert.Equal(judged, string.Join(' ', ids.Where(id => Sight.Saw(facts, id, "example.com"))));
        Assert.True(Sight.Saw(facts, "cert-expired", Mx1));
    }

    [Fact]
    public void What_the_domain_has_taken_away_is_gone()
    {
        var withdrawn = Healthy().WithRecord();

        Assert.True(Sight.Saw(withdrawn, "pol-mode-testing", "example.com"));
        Assert.True(Sight.Saw(withdrawn, "host-tls-expired", "mta-sts.example.com"));
        Assert.True(Sight.Saw(Complete(), "cert-expired", "old.example.com"));
        Assert.True(Sight.Saw(Complete(), "cert-expired", $"{Mx1} [192.0.2.99]"));
        Assert.True(Sight.Saw(Healthy().WithoutHosts(new MxLookup.NullMx(false)), "cert-expired", Mx1));
    }

    [Fact]
    public void A_host_that_was_not_reached_keeps_its_findings_and_only_those()
    {
        var facts = Complete().WithHost(Mx1, h => h.WithTls(Timeout));

        Assert.False(Sight.Saw(facts, "cert-expired", Mx1));
        Assert.False(Sight.Saw(facts, "starttls-missing", Mx1));
        Assert.False(Sight.Saw(facts, "per-mx-variance", "example.com"));
        Assert.True(Sight.Saw(facts, "cert-expired", "mx2.example.com"));
        Assert.True(Sight.Saw(facts, "mx-uncovered", Mx1));
        Assert.True(Sight.Saw(facts, "mx-cname", Mx1));
    }

    [Fact]
    public void Without_tls_the_certificate_is_not_seen()
    {
        var facts = Complete().WithHost(Mx1, h => h.WithTls(new TlsOutcome.NotOffered()));

        Assert.False(Sight.Saw(facts, "cert-expired", Mx1));
        Assert.True(Sight.Saw(facts, "starttls-handshake", Mx1));
    }

    [Fact]
    public void Addresses_that_could_not_be_looked_up_hide_the_host()
    {
        var facts = Complete().WithHost(Mx1, h => h with { V6 = Failed<IPAddress>() });

        Assert.False(Sight.Saw(facts, "mx-unresolvable", Mx1));
        Assert.False(Sight.Saw(facts, "cert-expired", Mx1));
        Assert.False(Sight.Saw(facts, "cert-expired", $"{Mx1} [2001:db8::25]"));
    }

    [Fact]
    public void An_address_that_nobody_here_can_reach_does_not_keep_a_finding_of_the_host_for_ever()
    {
        var unreachable = Session(Mx1, "2001:db8::25", Timeout);
        var facts = Complete()
            .WithHost(
                Mx1,
                h =>
                    h with
                    {
                        V6 = Found(IPAddress.Parse("2001:db8::25")),
                        Sessions =
                        [
                            .. h.Sessions,
                            unreachable with
                            {
                                Probe = unreachable.Probe with
                                {
                                    Stop = new ProbeStop.NotConnected("no-route", NoRoute: true, "No way."),
                                },
                            },
                        ],
                    }
            );

        Assert.True(Sight.Saw(facts, "cert-expired", Mx1));
        Assert.False(Sight.Saw(facts, "cert-expired", $"{Mx1} [2001:db8::25]"));
    }

    [Fact]
    public void What_a_check_shows_it_has_seen() =>
        Assert.All(
            (DomainFacts[])
                [Complete(), Healthy().WithPolicy(""), Healthy().WithRecord("v=STSv1"), Healthy().WithReports("v=spf1 -all")],
            facts =>
                Assert.All(
                    RuleBook.Judge(facts).Where(f => f.Level != Level.Unknown),
                    f => Assert.True(Sight.Saw(facts, f.Id, f.Subject), f.Id)
                )
        );

    // Pointers are not asked for by the builder; a real check does.
    private static DomainFacts Complete() =>
        Healthy() with
        {
            Hosts =
            [
                .. Healthy()
                    .Hosts.Select(h =>
                        h with
                        {
                            Sessions = [.. h.Sessions.Select(s => s with { Pointers = Found(h.Host.Name) })],
                        }
                    ),
            ],
        };
}
