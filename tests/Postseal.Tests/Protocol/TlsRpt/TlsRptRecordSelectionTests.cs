using Postseal.Protocol.TlsRpt;
using Xunit;

namespace Postseal.Tests.Protocol.TlsRpt;

public sealed class TlsRptRecordSelectionTests
{
    private static readonly CorpusTable Corpus = CorpusTable.Load("tlsrpt-selection");

    public static IEnumerable<TheoryDataRow<string>> Cases => Corpus.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("rfc", "8460-3-2")]
    [Trait("rfc", "8460-3-5")]
    [Trait("rfc", "8460-3-6")]
    [Trait("rfc", "8460-3-8")]
    public void Of_several_TXT_records_the_one_that_counts_is_found(string file)
    {
        var expected = Corpus[file];
        var selection = TlsRptRecordSelection.From(QuotedStrings.JoinEach(Corpus.Input(file)));
        Assert.Equal(expected["outcome"], selection.GetType().Name, ignoreCase: true);
        Assert.Equal(expected["error"], (selection as TlsRptRecordSelection.Invalid)?.Error.Code ?? "");
        Assert.Equal(expected["unrelated"], selection.Unrelated.Length.ToString());
    }

    [Fact]
    public void Selections_are_equal_by_content()
    {
        Assert.Equal(TlsRptRecordSelection.From(["x"]), TlsRptRecordSelection.From(["x"]));
        Assert.NotEqual(TlsRptRecordSelection.From(["x"]), TlsRptRecordSelection.From(["y"]));
        Assert.Equal(
            TlsRptRecordSelection.From(["v=TLSRPTv1;", "v=TLSRPTv1;a"]),
            TlsRptRecordSelection.From(["v=TLSRPTv1;", "v=TLSRPTv1;a"])
        );
    }
}
