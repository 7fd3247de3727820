using Postseal.SystemTests.Cli;
using Postseal.SystemTests.Servers;
using Postseal.SystemTests.Sites;

namespace Postseal.SystemTests.Stories;

/// <summary>bind9 behind a validating unbound: DANE, and look-ups that fail (RFC 7672 §2.1, §2.2).</summary>
public sealed class DnsTests(RealInternet internet)
{
    public static IReadOnlyList<Story> All { get; } =
    [
        new(
            new("dane-old-key")
            {
                Zone = Zone.Secure,
                Mode = null,
                Mx = [new("mx1") { Tlsa = Tlsa.OldKey }],
            }
        )
        {
            Verdict = "mail breaks, protection enforced",
            Accuses = ["breaks dane-mismatch mx1.@"],
            Decides = ["refused mx1.@"],
            Exit = 1,
        },
        // A valid policy does not rescue a host whose TLSA records are wrong (RFC 8461 §2).
        new(new("dane-old-key-sts") { Zone = Zone.Secure, Mx = [new("mx1") { Tlsa = Tlsa.OldKey }] })
        {
            Verdict = "mail breaks, protection enforced",
            Accuses = ["breaks dane-mismatch mx1.@", "breaks dane-sts-conflict @"],
            Decides = ["refused mx1.@"],
            Exit = 1,
        },
        // Only the TLSA record is in a zone that does not validate: the host counts as unreachable (RFC 7672 §2.1.2).
        new(
            new("dane-bogus")
            {
                Zone = Zone.Secure,
                Cuts = [new("_tcp.mx1", Signing.Expired)],
                Mx = [new("mx1") { Tlsa = Tlsa.LeafKey }],
            }
        )
        {
            Verdict = "mail breaks, protection enforced",
            Accuses = ["breaks dane-dnssec-bogus mx1.@"],
            Decides = ["refused mx1.@"],
            Exit = 1,
        },
        // TLSA without DNSSEC proves nothing: even a wrong one does no harm, and it protects nobody.
        new(new("dane-unsigned") { Mode = null, Mx = [new("mx1") { Tlsa = Tlsa.OldKey }] })
        {
            Verdict = "mail ok, protection none",
            Decides = ["unprotected mx1.@"],
        },
        new(new("bogus") { Zone = Zone.Bogus })
        {
            Verdict = "mail unknown, protection unknown",
            Shows = ["unknown sts-txt-dns-fail _mta-sts.@"],
            Exit = 3,
        },
        new(new("sts-txt-fails") { Cuts = [new("_mta-sts", Signing.ServerFails)] })
        {
            Verdict = "mail ok, protection unknown",
            Shows = ["unknown sts-txt-dns-fail _mta-sts.@"],
            Decides = ["unprotected mx1.@"],
            Exit = 3,
        },
    ];

    public static TheoryData<string> Names { get; } = Story.NamesOf(All);

    [Theory, MemberData(nameof(Names))]
    [Trait("rfc", "7672-2.1.1-1")]
    [Trait("rfc", "7672-2.1.2-2")]
    [Trait("rfc", "7672-2.2-3")]
    [Trait("rfc", "8461-2-1")]
    public async Task What_DNSSEC_says_of_an_answer_decides_what_it_is_worth(string name) =>
        await All.Single(s => s.Site.Name == name).TellAsync(internet, TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_domain_that_does_not_exist_is_never_in_order()
    {
        var (exitCode, report) = await internet.AskAsync<CheckReport>(
            "check",
            "no-such-domain.plain.test",
            internet.Resolver,
            TestContext.Current.CancellationToken
        );

        Assert.Equal("mail breaks, protection none", report.VerdictLine);
        Assert.Contains("breaks mx-none no-such-domain.plain.test", report.Lines);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public async Task A_resolver_that_does_not_answer_leaves_everything_unknown()
    {
        var (exitCode, report) = await internet.AskAsync<CheckReport>(
            "check",
            "enforced.plain.test",
            internet.NoResolver,
            TestContext.Current.CancellationToken
        );

        Assert.Equal("mail unknown, protection unknown", report.VerdictLine);
        Assert.Empty(report.Accusations);
        Assert.Equal(3, exitCode);
    }
}
