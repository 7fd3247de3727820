using System.Text;
using CsCheck;
using Postseal.Protocol.MtaSts;
using Xunit;

namespace Postseal.Tests.Protocol.MtaSts;

public sealed class StsPolicyRemarkTests
{
    private static readonly CorpusTable Corpus = CorpusTable.Load("sts-policy");

    public static IEnumerable<TheoryDataRow<string>> Cases => Corpus.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Odd_lines_are_remarked_in_order(string file)
    {
        var remarks = StsPolicyRemark.Inspect(Corpus.Input(file));
        Assert.Equal(Corpus[file]["remarks"], string.Join(' ', remarks.Select(r => $"{r.Code}:{r.Line}")));
    }

    [Fact]
    public void A_remark_carries_the_key_or_value_meant()
    {
        var text =
            "version: STSv1\r\nMode : a\r\nextra: thing \r\nmode: none\r\nmode: enforce\r\nmx: 192.0.2.1\r\nmax_age: 99999999\r\n"u8;
        Assert.Equal(
            [
                new("trailing-blank", 3, "extra"),
                new("unknown-key", 3, "extra"),
                new("duplicate-key", 5, "mode"),
                new("mx-address", 6, "192.0.2.1"),
                new("max-age-over", 7, "99999999"),
            ],
            StsPolicyRemark.Inspect(text)
        );
    }

    [Fact]
    public void Remarks_are_bounded() =>
        Assert.Equal(
            StsPolicyRemark.MaxRemarks,
            StsPolicyRemark.Inspect(Encoding.ASCII.GetBytes(new string('\n', 60000))).Length
        );

    [Fact]
    public void Any_bytes_can_be_inspected() =>
        Gen.OneOf(ParserLaws.Damaged([.. Corpus.Keys.Select(Corpus.Input)]), Gen.Byte.Array)
            .Sample(
                text =>
                {
                    var lines = text.Count(b => b == '\n') + 1;
                    Assert.All(StsPolicyRemark.Inspect(text), r => Assert.InRange(r.Line, 1, lines));
                },
                iter: 2000
            );
}
