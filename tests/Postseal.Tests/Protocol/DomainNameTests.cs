using System.Text.RegularExpressions;
using CsCheck;
using Postseal.Protocol;
using Xunit;

namespace Postseal.Tests.Protocol;

public sealed class DomainNameTests
{
    private static readonly CorpusTable Corpus = CorpusTable.Load("domain-name", "cases.tsv");

    private static readonly Gen<string> Label = Gen.OneOf(
        Gen.OneOf(
            "a",
            "example",
            "com",
            "xn--mnchen-3ya",
            "xn--",
            "xn--a-",
            "xn--0",
            "münchen",
            "भारत",
            "рф",
            "_tcp",
            "-",
            "1",
            "",
            "*"
        ),
        Gen.Char['!', '~'].Array[1, 70].Select(c => new string(c)),
        Gen.Char.Array[1, 5].Select(c => new string(c)),
        Gen.String.AlphaNumeric.Select(s => "xn--" + s)
    );

    private static readonly Gen<string> Text = Label.Array[0, 8].Select(labels => string.Join('.', labels));

    public static IEnumerable<TheoryDataRow<string>> Cases => Corpus.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("rfc", "8461-1.1-1")]
    public void A_name_is_normalised_once_or_refused(string escaped)
    {
        var expected = Corpus[escaped];
        var input = Regex.Replace(escaped, @"\\u([0-9a-f]{4})", m => ((char)Convert.ToInt32(m.Groups[1].Value, 16)).ToString());
        var isName = DomainName.TryParse(input, out var name, out var error);
        Assert.Equal(expected["error"], error?.Code ?? "");
        Assert.Equal(expected["offset"], error?.Offset.ToString() ?? "");
        Assert.Equal(expected["a_labels"], isName ? name!.Value : "");
        Assert.Equal(expected["u_labels"], isName ? name!.ToUnicode() : "");
    }

    [Fact]
    public void Any_text_is_a_name_that_reads_back_as_itself_or_an_error_inside_the_text() =>
        Text.Sample(
            text =>
            {
                if (DomainName.TryParse(text, out var name, out var error))
                {
                    Assert.InRange(name.Value.Length, 1, DomainName.MaxLength);
                    Assert.All(name.Labels, l => Assert.InRange(l.Length, 1, DomainName.MaxLabelLength));
                    Assert.Equal(name, DomainName.Parse(name.Value));
                    Assert.Equal(name, DomainName.Parse(name.ToUnicode()));
                }
                else
                    Assert.InRange(error.Offset, 0, text.Length);
            },
            iter: 20000
        );

    [Fact]
    public void Names_are_equal_when_their_A_labels_are()
    {
        var name = DomainName.Parse("MÜNCHEN.example.");
        Assert.Equal(DomainName.Parse("xn--mnchen-3ya.EXAMPLE"), name);
        Assert.Equal(DomainName.Parse("xn--mnchen-3ya.EXAMPLE").GetHashCode(), name.GetHashCode());
        Assert.NotEqual(DomainName.Parse("munchen.example"), name);
    }

    [Theory]
    [InlineData("example.com", "example.com", true)]
    [InlineData("a.b.example.com", "example.com", true)]
    [InlineData("badexample.com", "example.com", false)]
    [InlineData("com", "example.com", false)]
    [InlineData("example.com.evil.net", "example.com", false)]
    public void A_zone_holds_itself_and_what_is_below(string name, string zone, bool within) =>
        Assert.Equal(within, DomainName.Parse(name).IsWithin(DomainName.Parse(zone)));

    [Fact]
    public void The_parent_lacks_the_first_label()
    {
        var name = DomainName.Parse("mx.example.com");
        Assert.Equal(["mx", "example", "com"], name.Labels);
        Assert.Equal(DomainName.Parse("example.com"), name.Parent);
        Assert.Null(DomainName.Parse("com").Parent);
    }

    [Fact]
    public void Labels_in_front_may_not_make_a_name_too_long()
    {
        Assert.True(DomainName.Parse("example.com").TryPrepend("_25._tcp", out var name));
        Assert.Equal("_25._tcp.example.com", name.Value);
        Assert.False(DomainName.Parse(string.Join('.', Enumerable.Repeat("a", 126))).TryPrepend("ab", out _));
    }

    [Fact]
    public void Literals_that_are_no_names_are_bugs() => Assert.Throws<FormatException>(() => DomainName.Parse("a..b"));
}
