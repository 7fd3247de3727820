using CsCheck;
using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Checks.Rules;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Postseal.Resolver.PolicyHost;
using Postseal.Tests.Fakes;
using Xunit;
using static Postseal.Tests.Checks.FactsBuilder;

namespace Postseal.Tests.Checks.Rules;

public sealed class RuleBookTests
{
    private static readonly DomainName Target = DomainName.Parse("target.provider.example");

    private static readonly Gen<DnsAnswer<string>> Answers = Gen.OneOf(
        Texts("STSv1", "id", HealthyRecord),
        Texts("TLSRPTv1", "rua", HealthyReports),
        Gen.Enum<DnsFailure>().Select(Failed<string>),
        Gen.Bool.Select(
            DnsAnswer<string> (alias) => new DnsAnswer<string>.Absent(NameExists: false, Secure: false, alias ? [Target] : [])
        )
    );

    private static readonly Gen<byte[]> Policies = Gen.OneOf(
        Gen.Byte.Array[0, 60],
        Gen.OneOf(
                "version: STSv1",
                "mode: enforce",
                "mode: testing",
                "mx: mx1.example.com",
                "mx: mta-sts.example.com",
                "max_age: 1",
                "mx: é",
                "#",
                " ",
                ""
            )
            .Array[0, 8]
            .Select(lines => System.Text.Encoding.UTF8.GetBytes(string.Join("\r\n", lines)))
    );

    private static readonly Gen<FetchAttempt> Attempts = Gen.OneOf(
        Policies.Select(Gen.Bool, (text, v6) => Attempt(text, v6 ? PolicyAddress6 : PolicyAddress)),
        Gen.Enum<FetchFailure>()
            .Select(
                Gen.Bool,
                Gen.Int[100, 599],
                Gen.Enum<CertificateProblem>().Array[0, 3],
                (failure, ours, status, problems) =>
                    Attempt(failure, ours: ours && CanBeOurs(failure)) with
                    {
                        Response = ours ? null : Response(status, null),
                        Chain = ours ? null : Chain("other.example", [.. problems.Distinct()]),
                    }
            )
    );

    private static readonly Gen<MxLookup> Nobody = Gen.OneOf<MxLookup>(
        new MxLookup.NullMx(Secure: false),
        new MxLookup.Nowhere(NameExists: true, []),
        new MxLookup.Nowhere(NameExists: false, []),
        new MxLookup.Failed(DnsFailure.Timeout, "No answer.")
    );

    private static readonly Gen<TlsOutcome> Outcomes = Gen.OneOf<TlsOutcome>(
        new TlsOutcome.Established("TLSv1.3", "TLS_AES_128_GCM_SHA256", Chain("mx1.example.com")),
        new TlsOutcome.Established("TLSv1.2", "TLS_AES_128_GCM_SHA256", Chain("other.example", CertificateProblem.Name)),
        new TlsOutcome.NotOffered(),
        new TlsOutcome.CommandRefused(454),
        new TlsOutcome.HandshakeFailed("protocol-version"),
        new TlsOutcome.Unknown("tcp-timeout")
    );

    private static readonly Gen<DomainFacts> Facts =
        from record in Answers
        from reports in Answers
        from apex in Answers
        from attempts in Attempts.Array[1, 4]
        from nobody in Nobody.Select(Gen.Int[0, 4], (why, dice) => dice == 0 ? why : null)
        from outcome in Outcomes
        select Make(record, reports, apex, attempts, nobody, outcome);

    private static readonly Dictionary<string, string> Levels = Catalogue.All.ToDictionary(
        k => k.Id,
        k =>
            File.ReadLines(Path.Combine(RepositoryRoot.Path, "docs/findings", $"{k.Id}.md"))
                .First(l => l.StartsWith("Levels: ", StringComparison.Ordinal))
    );

    [Fact]
    public void No_rule_throws_whatever_was_seen() =>
        Facts.Sample(facts =>
        {
            foreach (var finding in RuleBook.Judge(facts))
            {
                Assert.NotEqual("", finding.Summary);
                Assert.Equal(Catalogue.Get(finding.Id).Rfc, finding.Rfc);
                Assert.DoesNotContain(finding.Summary, c => char.IsControl(c));
            }
        });

    [Fact]
    public void Something_is_always_said_and_nothing_twice() =>
        Facts.Sample(facts =>
        {
            var findings = RuleBook.Judge(facts);

            Assert.NotEmpty(findings);
            Assert.Distinct(findings.Select(f => (f.Id, f.Subject, f.Summary)));
        });

    [Fact]
    public void What_asks_for_something_says_what_to_do() =>
        Facts.Sample(facts =>
            Assert.All(
                RuleBook.Judge(facts).Where(f => f.Level is Level.Off or Level.Breaks),
                f => Assert.NotEqual("", f.Remedy ?? "")
            )
        );

    [Fact]
    public void The_page_of_a_finding_names_every_level_it_is_given() =>
        Facts.Sample(facts =>
            Assert.All(
                RuleBook.Judge(facts),
                f => Assert.Contains($"`{f.Level.ToString().ToLowerInvariant()}`", Levels[f.Id], StringComparison.Ordinal)
            )
        );

    [Fact]
    public void A_healthy_domain_has_only_lines_that_say_so() =>
        Assert.All(
            RuleBook.Judge(Healthy()),
            f => Assert.True(f.Level is Level.Ok or Level.Info, $"{f.Level} {f.Id}: {f.Summary}")
        );

    // A fault inside TLS or HTTP is always the server's.
    private static bool CanBeOurs(FetchFailure failure) =>
        failure is FetchFailure.DnsFailed or FetchFailure.AddressRefused or FetchFailure.Tcp or FetchFailure.Timeout;

    private static Gen<DnsAnswer<string>> Texts(string version, string field, string good) =>
        Gen.OneOf(
                Gen.Const(good),
                Gen.OneOf(
                        "v=",
                        version,
                        ";",
                        " ",
                        field,
                        "=",
                        "mailto:",
                        "a@example.com",
                        "-",
                        ",",
                        "\e",
                        "\u00FF",
                        "v=spf1",
                        "mode=",
                        "https://"
                    )
                    .Array[0, 9]
                    .Select(string.Concat),
                Gen.String
            )
            .Array[1, 3]
            .Select(
                Gen.Bool,
                DnsAnswer<string> (texts, alias) => new DnsAnswer<string>.Found(texts, Ttl, Secure: alias, alias ? [Target] : [])
            );

    private static DomainFacts Make(
        DnsAnswer<string> record,
        DnsAnswer<string> reports,
        DnsAnswer<string> apex,
        FetchAttempt[] attempts,
        MxLookup? nobody,
        TlsOutcome outcome
    )
    {
        var facts = Healthy().WithRecordAnswer(record).WithHost("mx1.example.com", h => h.WithTls(outcome)) with
        {
            ApexTxt = apex,
        };
        if (facts.Sts.Selection is Postseal.Protocol.MtaSts.StsRecordSelection.Valid)
            facts = facts.WithFetch(attempts);

        facts = facts.WithReportsAnswer(reports);
        return nobody is null ? facts : facts.WithoutHosts(nobody);
    }
}
