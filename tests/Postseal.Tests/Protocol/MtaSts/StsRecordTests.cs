using System.Collections.Immutable;
using System.Text;
using CsCheck;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Xunit;

namespace Postseal.Tests.Protocol.MtaSts;

public sealed class StsRecordTests
{
    private static readonly CorpusTable Corpus = CorpusTable.Load("sts-record");

    public static IEnumerable<TheoryDataRow<string>> Cases => Corpus.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("rfc", "8461-3.1-1")]
    [Trait("rfc", "8461-3.1-2")]
    [Trait("rfc", "8461-3.1-3")]
    [Trait("rfc", "8461-3.1-4")]
    [Trait("rfc", "8461-3.1-5")]
    [Trait("rfc", "8461-3.1-6")]
    [Trait("rfc", "8461-3.1-7")]
    [Trait("rfc", "8461-3.1-8")]
    [Trait("rfc", "8461-3.1-9")]
    [Trait("rfc", "8461-3.1-17")]
    [Trait("rfc", "8461-3.2-14")]
    [Trait("rfc", "8461-3.2-15")]
    [Trait("rfc", "8461-E-6285")]
    [Trait("rfc", "8461-E-0")]
    public void A_record_is_read_or_refused_as_the_corpus_says(string file)
    {
        var expected = Corpus[file];
        var (record, error) = Parse(Corpus.Input(file));
        Assert.Equal(expected["error"], error?.Code ?? "");
        Assert.Equal(expected["offset"], error?.Offset.ToString() ?? "");
        Assert.Equal(expected["id"], record?.Id ?? "");
        Assert.Equal(
            expected["ignored"],
            record is null ? "" : string.Join(' ', record.Extensions.Select(f => $"{f.Name}={f.Value}"))
        );
    }

    [Fact]
    public void No_input_breaks_the_parser() => ParserLaws.Hold("sts-record", Parse);

    [Fact]
    public void A_rendered_record_reads_back_as_itself() =>
        Gen.Select(RecordGen.Id, RecordGen.Fields, (id, fields) => new StsRecord(id, fields))
            .Sample(record => Assert.Equal(record, Parse(Encoding.ASCII.GetBytes(record.ToString())).Record));

    [Fact]
    public void The_publisher_writes_a_semicolon_after_every_field() =>
        Assert.Equal("v=STSv1; id=1; x=y;", new StsRecord("1", [new("x", "y")]).ToString());

    [Fact]
    public void Records_are_equal_by_content()
    {
        var fields = ImmutableArray.Create(new RecordField("x", "y"));
        Assert.Equal(new StsRecord("1", fields), new StsRecord("1", [.. fields]));
        Assert.NotEqual(new StsRecord("1", fields), new StsRecord("1", []));
        Assert.NotEqual(new StsRecord("a", []), new StsRecord("A", []));
    }

    private static (StsRecord? Record, ParseError? Error) Parse(byte[] text) =>
        StsRecord.TryParse(Encoding.Latin1.GetString(text), out var record, out var error) ? (record, null) : (null, error);
}
