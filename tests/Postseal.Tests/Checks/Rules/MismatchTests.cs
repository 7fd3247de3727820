using CsCheck;
using Postseal.Checks.Rules;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Xunit;

namespace Postseal.Tests.Checks.Rules;

public sealed class MismatchTests
{
    [Theory]
    [Trait("rfc", "8461-4.1-2")]
    [InlineData("a.mx1.example.com", "*.example.com", "wildcard-too-shallow", "*.example.com")]
    [InlineData("contoso-com.k-v1.mx.microsoft", "*.mx.microsoft", "wildcard-too-shallow", "*.mx.microsoft")]
    [InlineData("mx.a.b.example.com", "mx1.exampel.com *.example.com", "wildcard-too-shallow", "*.example.com")]
    [InlineData("mx1.example.com", "mx1.example.net", "tld", "mx1.example.net")]
    [InlineData("mx1.example.com", "*.example.org", "tld", "*.example.org")]
    [InlineData("mx1.example.com", "mx1.exmaple.com", "typo", "mx1.exmaple.com")]
    [InlineData("mx1.example.com", "mx1.examples.com", "typo", "mx1.examples.com")]
    [InlineData("mx1.example.com", "*.exampl.com", "typo", "*.exampl.com")]
    [InlineData("mx1.example.com", "mx3.exmaple.com mx1.exmaple.com", "typo", "mx1.exmaple.com")]
    [InlineData("mx1.example.com", "mx1example.com", "typo", "mx1example.com")]
    [InlineData("mail.example.com", "mali.example.com", "typo", "mali.example.com")]
    [InlineData("mail.example.com", "mta-sts.example.com", "lists-mta-sts-host", "mta-sts.example.com")]
    [InlineData("mx.example.com", "smtp.example.com", "third-label", "smtp.example.com")]
    [InlineData("example.com", "*.example.com", "third-label", "*.example.com")]
    [InlineData("mail.example.co.uk", "*.eu.example.co.uk", "third-label", "*.eu.example.co.uk")]
    [InlineData("mx1.example.com", "mx.old-provider.net *.mx.old-provider.net", "old-looking", "mx.old-provider.net")]
    [InlineData("mx.foo.com", "mx.bar.com", "old-looking", "mx.bar.com")]
    [InlineData("mail.example.co.uk", "mail.another.co.uk", "old-looking", "mail.another.co.uk")]
    public void One_host_and_its_policy(string host, string patterns, string wire, string nearest)
    {
        var mismatch = Classify(host, patterns, host);

        Assert.Equal((wire, nearest), (mismatch.Class.ToWire(), mismatch.Nearest?.ToString()));
    }

    [Theory]
    [Trait("rfc", "8461-4.1-4")]
    [InlineData("mx2.example.com", "mx1.example.com", "third-label", "mx1.example.com")] // a line that is in use is no slip
    [InlineData("mx2.example.com", "mx1.example.com mx2.exmaple.com", "typo", "mx2.exmaple.com")]
    [InlineData("backup.provider.net", "mx1.example.com", "other-zone", null)]
    [InlineData("backup.provider.net", "mta-sts.example.com mx1.example.com", "lists-mta-sts-host", "mta-sts.example.com")]
    public void A_host_beside_one_that_is_covered(string host, string patterns, string wire, string? nearest)
    {
        var mismatch = Classify(host, patterns, host, "mx1.example.com");

        Assert.Equal((wire, nearest), (mismatch.Class.ToWire(), mismatch.Nearest?.ToString()));
    }

    [Fact]
    public void Three_edits_are_a_slip_and_four_are_not()
    {
        Assert.Equal(MismatchClass.Typo, Classify("mx1.example-mail.com", "mx1.exmple-mai1.con").Class);
        Assert.Equal(MismatchClass.OldLooking, Classify("mx1.example-mail.com", "mx2.exmple-mai1.con").Class);
    }

    [Fact]
    public void A_policy_without_lines_is_classified_too() => Assert.Null(Classify("mx1.example.com", "").Nearest);

    [Fact]
    public void Every_uncovered_host_has_a_class_and_the_nearest_pattern_does_not_match_it()
    {
        var label = Gen.OneOf("a", "mx", "mx1", "mta-sts", "example", "exmaple", "com", "co", "uk", "net");
        var names = label.Array[1, 6].Select(l => string.Join(".", l));
        Gen.Select(names, Gen.Select(names, Gen.Bool).List[0, 5])
            .Sample(
                (host, patterns) =>
                {
                    var name = DomainName.Parse(host);
                    var uncovered = patterns
                        .Select(p => new MxPattern(p.Item2, DomainName.Parse(p.Item1)))
                        .Where(p => !p.Matches(name))
                        .ToList();

                    var mismatch = Mismatch.Classify(name, DomainName.Parse("example.com"), uncovered, [name]);

                    Assert.True(mismatch.Nearest is null || uncovered.Contains(mismatch.Nearest));
                    Assert.NotEmpty(mismatch.Class.ToWire());
                }
            );
    }

    private static Mismatch Classify(string host, string patterns, params string[] mxHosts) =>
        Mismatch.Classify(
            DomainName.Parse(host),
            FactsBuilder.Domain,
            patterns.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Pattern),
            [.. mxHosts.Select(DomainName.Parse)]
        );

    private static MxPattern Pattern(string text) =>
        MxPattern.TryParse(text, out var pattern, out var error) ? pattern : throw new FormatException(error.Code);
}
