using Postseal.Protocol.MtaSts;
using Xunit;

namespace Postseal.Tests.Protocol.MtaSts;

public sealed class StsRecordSelectionTests
{
    private static readonly CorpusTable Corpus = CorpusTable.Load("sts-selection");

    public static IEnumerable<TheoryDataRow<string>> Cases => Corpus.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("rfc", "8461-3.1-1")]
    [Trait("rfc", "8461-3.1-2")]
    [Trait("rfc", "8461-3.1-4")]
    [Trait("rfc", "8461-3.1-7")]
    [Trait("rfc", "8461-3.1-10")]
    [Trait("rfc", "8461-3.1-11")]
    [Trait("rfc", "8461-3.1-12")]
    [Trait("rfc", "8461-3.1-14")]
    [Trait("rfc", "8461-E-6285")]
    public void Of_several_TXT_records_the_one_that_counts_is_found(string file)
    {
        var expected = Corpus[file];
        var selection = StsRecordSelection.From(QuotedStrings.JoinEach(Corpus.Input(file)));
        Assert.Equal(expected["outcome"], selection.GetType().Name, ignoreCase: true);
        Assert.Equal(expected["error"], (selection as StsRecordSelection.Invalid)?.Error.Code ?? "");
        Assert.Equal(expected["unrelated"], selection.Unrelated.Length.ToString());
    }

    [Fact]
    public void Selections_are_equal_by_content()
    {
        Assert.Equal(StsRecordSelection.From(["x"]), StsRecordSelection.From(["x"]));
        Assert.NotEqual(StsRecordSelection.From(["x"]), StsRecordSelection.From(["y"]));
        Assert.Equal(StsRecordSelection.From(["v=STSv1;", "v=STSv1;a"]), StsRecordSelection.From(["v=STSv1;", "v=STSv1;a"]));
        Assert.NotEqual(StsRecordSelection.From(["v=STSv1;", "v=STSv1;a"]), StsRecordSelection.From(["v=STSv1;", "v=STSv1;b"]));
        Assert.Equal(
            StsRecordSelection.From(["v=STSv1;id=1"]).GetHashCode(),
            StsRecordSelection.From(["v=STSv1;id=1"]).GetHashCode()
        );
    }
}
