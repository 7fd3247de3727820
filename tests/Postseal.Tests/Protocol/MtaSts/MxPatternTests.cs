using CsCheck;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Xunit;

namespace Postseal.Tests.Protocol.MtaSts;

public sealed class MxPatternTests
{
    public static IEnumerable<TheoryDataRow<string, string, string>> Cases =>
        File.ReadLines(Path.Combine(CorpusTable.Root, "mx-match", "cases.tsv"))
            .Skip(1)
            .Select(l => l.Split('\t'))
            .Select(c => new TheoryDataRow<string, string, string>(c[0], c[1], c[2]));

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("rfc", "8461-3.2-10")]
    [Trait("rfc", "8461-3.2-22")]
    [Trait("rfc", "8461-4.1-2")]
    [Trait("rfc", "8461-4.1-3")]
    public void A_pattern_matches_the_whole_name_and_a_wildcard_one_label(string pattern, string host, string match)
    {
        Assert.True(MxPattern.TryParse(pattern, out var parsed, out _));
        Assert.Equal(match == "yes", parsed.Matches(DomainName.Parse(host)));
    }

    [Theory]
    [Trait("rfc", "8461-3.2-22")]
    [InlineData("192.0.2.1", true)]
    [InlineData("*.192.0.2.1", true)]
    [InlineData("192.0.2.0x1", true)]
    [InlineData("*.example.0x7f", true)]
    [InlineData("mx.0xg", false)]
    [InlineData("12345", true)]
    [InlineData("192.0.2.example", false)]
    [InlineData("4you.example", false)]
    public void A_pattern_that_ends_in_a_number_names_no_host(string pattern, bool isAddress)
    {
        Assert.True(MxPattern.TryParse(pattern, out var parsed, out _));
        Assert.Equal(isAddress, parsed.IsAddress);
        Assert.Equal(pattern, parsed.ToString());
    }

    [Fact]
    public void Any_text_is_a_pattern_that_reads_back_as_itself_or_an_error_inside_the_text() =>
        Gen.OneOf(Gen.String, Gen.OneOf(Gen.OneOf([.. "*.-aZ09_é"]), Gen.Char[' ', '~']).Array[0, 300].Select(c => new string(c)))
            .Sample(
                text =>
                {
                    if (MxPattern.TryParse(text, out var pattern, out var error))
                    {
                        Assert.True(MxPattern.TryParse(pattern.ToString(), out var again, out _));
                        Assert.Equal(pattern, again);
                    }
                    else
                        Assert.InRange(error.Offset, 0, text.Length);
                },
                iter: 5000
            );
}
