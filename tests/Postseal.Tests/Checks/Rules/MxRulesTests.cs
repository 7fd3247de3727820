using System.Net;
using CsCheck;
using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Checks.Rules;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Postseal.Smtp.Probe;
using Postseal.Tests.Fakes;
using Xunit;
using static Postseal.Tests.Checks.Rules.MxFacts;

namespace Postseal.Tests.Checks.Rules;

/// <summary>Laws that hold for every combination of facts about MX hosts.</summary>
public sealed class MxRulesTests
{
    private static readonly Gen<TlsOutcome> Outcomes = Gen.OneOf<TlsOutcome>(
        Gen.OneOf(Enum.GetValues<CertificateProblem>())
            .Array[0, 4]
            .Select(Gen.OneOf("TLSv1.2", "TLSv1.3"), (problems, version) => Tls(version, [.. problems.Distinct()])),
        Gen.Const<TlsOutcome>(new TlsOutcome.NotOffered()),
        Gen.Const<TlsOutcome>(new TlsOutcome.CommandRefused(454)),
        Gen.OneOf("protocol-version", "closed").Select(r => (TlsOutcome)new TlsOutcome.HandshakeFailed(r))
    );

    private static readonly Gen<SessionFacts> Silences = Gen.OneOf(
            new ProbeStop.NotConnected("tcp-refused", NoRoute: false, "Refused."),
            new ProbeStop.NotConnected("tcp-unreachable", NoRoute: true, "No route."),
            new ProbeStop.AddressRefused("Not public."),
            new ProbeStop.TimedOut(ProbeStep.Greeting, "Timeout."),
            new ProbeStop.Closed(ProbeStep.Ehlo, "Closed."),
            new ProbeStop.ProtocolError(ProbeStep.Greeting, "smtp.reply.code", "No SMTP."),
            Rejected(ProbeStep.Greeting, 554, "\u001b[2Jno"),
            Rejected(ProbeStep.Ehlo, 450, "later"),
            Rejected(ProbeStep.Ehlo, 530, "STARTTLS first")
        )
        .Select(stop => Silent(stop));

    private static readonly Gen<SessionFacts> Answers = Outcomes.Select(
        Gen.Bool,
        Gen.Bool,
        Gen.OneOf<string?>(null, "TLSv1"),
        Gen.Int[0, 2],
        (tls, hidden, noSni, legacy, pointers) =>
        {
            var session = FactsBuilder.Session("mx1.example.com", "192.0.2.1", tls);
            return session with
            {
                Probe = session.Probe with { HiddenStartTls = hidden, RefusesWithoutSni = noSni, LegacyTls = legacy },
                Pointers = pointers switch
                {
                    0 => null,
                    1 => FactsBuilder.Absent<DomainName>(),
                    _ => session.Pointers,
                },
            };
        }
    );

    private static readonly Gen<SessionFacts[]> Sessions = Gen.Frequency((1, Silences), (3, Answers))
        .Array[0, 3]
        .Select(all =>
            all.Select((s, i) => s with { Probe = s.Probe with { Address = IPAddress.Parse($"192.0.2.{i + 1}") } }).ToArray()
        );

    private static readonly Gen<DaneLookup> Lookups = Gen.OneOf<DaneLookup>(
        Gen.Const<DaneLookup>(new DaneLookup.NotApplicable("no-tlsa")),
        Gen.OneOf(Enum.GetValues<DnsFailure>()).Select(f => (DaneLookup)new DaneLookup.Failed(f, "What happened.")),
        Gen.OneOf(Matching, Other(), Other(usage: 2), Other(usage: 1), Tlsa("9 9 9 00"))
            .Array[1, 3]
            .Select(records => DaneHost(records).Dane)
    );

    private static readonly Gen<DnsAnswer<IPAddress>> Answered = Gen.OneOf(
        FactsBuilder.Found(IPAddress.Parse("192.0.2.1")),
        FactsBuilder.Found(IPAddress.Parse("10.0.0.1")),
        FactsBuilder.Absent<IPAddress>(),
        FactsBuilder.Failed<IPAddress>()
    );

    private static readonly Gen<MxHostFacts> Hosts = Gen.Select(
        Gen.OneOf("mx1.example.com", "mx2.example.com", "a.mx.example.com", "mx.provider.net", "ms1.msv1.invalid"),
        Answered,
        Lookups,
        Sessions,
        (name, v4, dane, sessions) => Host(name) with { V4 = v4, Dane = dane, Sessions = sessions }
    );

    private static readonly MxLookup[] WithoutHosts =
    [
        new MxLookup.NullMx(Secure: false),
        new MxLookup.Nowhere(NameExists: false, []),
        new MxLookup.Nowhere(NameExists: true, [new(0, ".", null), new(10, "\u001b]", null)]),
        new MxLookup.Failed(DnsFailure.Timeout, "No answer."),
    ];

    private static readonly Gen<DomainFacts> AllFacts = Gen.Select(
        Hosts.Array[0, 3],
        Gen.OneOf(NoPolicy, "none", Testing, Enforce),
        Gen.OneOf("mx1.example.com", "*.example.com", "mx2.exmaple.com", "mta-sts.example.com", "*.provider.net").Array[1, 3],
        Gen.Bool,
        Gen.Int[0, 3],
        (hosts, mode, patterns, secure, mx) =>
        {
            var facts = FactsBuilder.Healthy().WithHosts([.. hosts.DistinctBy(h => h.Host.Name)]);
            facts =
                mode == NoPolicy
                    ? facts.WithRecordAnswer(FactsBuilder.Absent<string>())
                    : facts.WithPolicy(Policy(mode, [.. patterns.Distinct()]));
            facts = secure ? facts.Secure() : facts;
            return hosts.Length > 0 ? facts : facts.WithoutHosts(WithoutHosts[mx]);
        }
    );

    [Fact]
    public void No_rule_throws_and_every_finding_is_fit_to_be_read() =>
        AllFacts.Sample(facts =>
            Assert.All(
                RuleBook.Judge(facts).Where(IsOurs),
                f =>
                {
                    Assert.NotEmpty(f.Subject);
                    Assert.DoesNotContain(
                        f.Subject + f.Summary + f.Remedy?.Replace("\n", "", StringComparison.Ordinal),
                        char.IsControl
                    );
                    Assert.True(f.Summary.EndsWith('.') || f.Summary.Contains("mx: ", StringComparison.Ordinal), f.Summary);
                    Assert.True(f.Level < Level.Warn || f.Remedy is not null, $"{f.Id} has no remedy");
                }
            )
        );

    [Fact]
    public void The_page_of_a_finding_names_every_level_it_is_given() =>
        AllFacts.Sample(facts =>
            Assert.All(
                RuleBook.Judge(facts).Where(IsOurs),
                f => Assert.Contains($"`{f.Level.ToString().ToLowerInvariant()}`", Levels(f.Id))
            )
        );

    [Fact]
    [Trait("rfc", "8461-5-2")]
    public void Without_DANE_a_policy_that_is_not_enforced_breaks_nothing_about_TLS() =>
        AllFacts
            .Select(f => f with { Hosts = [.. f.Hosts.Select(h => h with { Dane = new DaneLookup.NotApplicable("no-tlsa") })] })
            .Select(f => f.Judged())
            .Where(f => !f.Hosts.Any(h => h.Decision is Decision.Refuse or Decision.RequirePkix))
            .Sample(facts => Assert.DoesNotContain(RuleBook.Judge(facts), f => f.Level == Level.Breaks && !IsDelivery(f)));

    [Fact]
    public void A_fault_that_breaks_mail_at_a_host_is_one_that_a_sender_avoids() =>
        AllFacts.Sample(facts =>
        {
            var avoided = facts
                .Hosts.Where(h => h.Sessions.Any(s => s.Verdict is SessionVerdict.Avoid) || h.Decision is Decision.Refuse)
                .Select(h => h.Host.Name.Value)
                .ToHashSet();
            var accused = RuleBook
                .Judge(facts)
                .Where(f => f.Level == Level.Breaks && IsOurs(f) && !IsDelivery(f) && f.Id != "dane-sts-conflict");

            Assert.All(accused, f => Assert.Contains(f.Subject.Split(' ')[0], avoided));
        });

    [Fact]
    public void A_host_that_a_sender_avoids_is_accused_of_something_that_breaks_mail() =>
        AllFacts.Sample(facts =>
        {
            var broken = RuleBook
                .Judge(facts)
                .Where(f => f.Level >= Level.Unknown && f.Level != Level.Warn)
                .Select(f => f.Subject.Split(' ')[0])
                .ToHashSet();
            var avoided = facts.Hosts.Where(h => !MxIsLeftover(h) && h.Sessions.Any(s => s.Verdict is SessionVerdict.Avoid));

            Assert.All(avoided, h => Assert.Contains(h.Host.Name.Value, broken));
        });

    [Fact]
    public void One_subject_is_accused_of_one_kind_of_thing_once() =>
        AllFacts.Sample(facts =>
            Assert.All(RuleBook.Judge(facts).Where(IsOurs).GroupBy(f => (f.Id, f.Subject)), same => Assert.Single(same))
        );

    private static string Levels(string id) =>
        File.ReadLines(Path.Combine(RepositoryRoot.Path, $"docs/findings/{id}.md"))
            .First(l => l.StartsWith("Levels: ", StringComparison.Ordinal));

    private static bool IsOurs(Finding f) =>
        f.Id.Split('-')[0] is "mx" or "smtp" or "starttls" or "cert" or "tls12" or "tls13" or "tls" or "per" or "sni" or "dane";

    private static bool MxIsLeftover(MxHostFacts host) => host.Host.Name.Value.EndsWith(".invalid", StringComparison.Ordinal);

    // Mail that has nowhere to go does not wait for a policy.
    private static bool IsDelivery(Finding f) => f.Id is "mx-none" or "mx-unresolvable" || !IsOurs(f);
}
