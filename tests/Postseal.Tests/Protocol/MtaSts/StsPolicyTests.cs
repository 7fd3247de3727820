using System.Text;
using CsCheck;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Xunit;

namespace Postseal.Tests.Protocol.MtaSts;

public sealed class StsPolicyTests
{
    private static readonly CorpusTable Corpus = CorpusTable.Load("sts-policy");

    private static readonly Gen<MxPattern> Pattern = Gen.Select(
        Gen.Bool,
        Gen.OneOf("mx.example.com", "example.com", "localhost", "xn--mnchen-3ya.example", "192.0.2.1"),
        (wildcard, domain) => MxPattern.TryParse(wildcard ? "*." + domain : domain, out var pattern, out _) ? pattern : null!
    );

    private static readonly Gen<StsPolicy> Policy = Gen.Select(
            Gen.Enum<StsMode>(),
            Pattern.Array[0, 5],
            Gen.Long[0, 9_999_999_999],
            RecordGen.Lines,
            (mode, mx, age, lines) => new StsPolicy(mode, [.. mx], age, lines)
        )
        .Where(p => p.Mode == StsMode.None || p.Mx.Length > 0);

    public static IEnumerable<TheoryDataRow<string>> Cases => Corpus.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("rfc", "8461-3.2-3")]
    [Trait("rfc", "8461-3.2-4")]
    [Trait("rfc", "8461-3.2-5")]
    [Trait("rfc", "8461-3.2-6")]
    [Trait("rfc", "8461-3.2-7")]
    [Trait("rfc", "8461-3.2-8")]
    [Trait("rfc", "8461-3.2-9")]
    [Trait("rfc", "8461-3.2-10")]
    [Trait("rfc", "8461-3.2-11")]
    [Trait("rfc", "8461-3.2-12")]
    [Trait("rfc", "8461-3.2-13")]
    [Trait("rfc", "8461-3.2-14")]
    [Trait("rfc", "8461-3.2-15")]
    [Trait("rfc", "8461-3.2-18")]
    [Trait("rfc", "8461-3.2-19")]
    [Trait("rfc", "8461-3.2-20")]
    [Trait("rfc", "8461-3.2-21")]
    [Trait("rfc", "8461-3.2-22")]
    [Trait("rfc", "8461-4.1-3")]
    [Trait("rfc", "8461-E-6253")]
    [Trait("rfc", "8461-E-7282")]
    [Trait("rfc", "8461-E-0")]
    public void A_policy_is_read_or_refused_as_the_corpus_says(string file)
    {
        var expected = Corpus[file];
        var (policy, error) = Parse(Corpus.Input(file));
        Assert.Equal(expected["error"], error?.Code ?? "");
        Assert.Equal(expected["offset"], error?.Offset.ToString() ?? "");
        Assert.Equal(expected["mode"], policy?.Mode.ToWire() ?? "");
        Assert.Equal(expected["mx"], policy is null ? "" : string.Join(' ', policy.Mx));
        Assert.Equal(expected["max_age"], policy?.MaxAge.ToString() ?? "");
        Assert.Equal(
            expected["ignored"],
            policy is null ? "" : string.Join(" | ", policy.Extensions.Select(f => $"{f.Name}: {f.Value}"))
        );
    }

    [Fact]
    public void No_input_breaks_the_parser() => ParserLaws.Hold("sts-policy", Parse);

    [Fact]
    public void A_rendered_policy_reads_back_as_itself() =>
        Policy.Sample(policy => Assert.Equal(policy, Parse(Encoding.UTF8.GetBytes(policy.ToString())).Policy));

    [Fact]
    [Trait("rfc", "8461-3.2-23")]
    public void The_publisher_writes_one_form_only()
    {
        var text = "x:y\n\nmax_age:86400\nmx: MX.example.com\nmode: testing \nmx:*.example.net\nversion:\tSTSv1"u8;
        Assert.True(StsPolicy.TryParse(text, out var policy, out _));
        var written = "version: STSv1\r\nmode: testing\r\nmx: mx.example.com\r\nmx: *.example.net\r\nmax_age: 86400\r\nx: y\r\n";
        Assert.Equal(written, policy.ToString());
    }

    [Theory]
    [Trait("rfc", "8461-3.2-9")]
    [InlineData(0, 0)]
    [InlineData(31557600, 31557600)]
    [InlineData(31557601, 31557600)]
    [InlineData(9999999999, 31557600)]
    public void No_policy_lives_longer_than_the_maximum(long maxAge, long seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new StsPolicy(StsMode.None, [], maxAge, []).Lifetime);

    [Theory]
    [Trait("rfc", "8461-4-1")]
    [Trait("rfc", "8461-3.2-22")]
    [InlineData("mx.example.com", true)]
    [InlineData("a.example.net", true)]
    [InlineData("a.b.example.net", false)]
    [InlineData("mx.example.org", false)]
    public void A_host_is_covered_when_one_pattern_matches_it(string host, bool covered)
    {
        Assert.True(
            StsPolicy.TryParse(
                "version: STSv1\nmode: enforce\nmx: 192.0.2.1\nmx: mx.example.com\nmx: *.example.net\nmax_age: 1"u8,
                out var policy,
                out _
            )
        );
        Assert.Equal(covered, policy.Covers(DomainName.Parse(host)));
    }

    [Fact]
    public void Policies_are_equal_by_content()
    {
        var mx = MxPatterns.Create([new MxPattern(true, DomainName.Parse("example.com"))]);
        var policy = new StsPolicy(StsMode.Enforce, mx, 1, []);
        Assert.Equal(policy, policy with { Mx = [new MxPattern(true, DomainName.Parse("example.com"))] });
        Assert.NotEqual(policy, policy with { Mx = [new MxPattern(false, DomainName.Parse("example.com"))] });
        Assert.NotEqual(policy, policy with { Extensions = [new("a", "b")] });
    }

    private static (StsPolicy? Policy, ParseError? Error) Parse(byte[] text) =>
        StsPolicy.TryParse(text, out var policy, out var error) ? (policy, null) : (null, error);
}
