using System.Collections.Immutable;
using System.Text;
using CsCheck;
using Postseal.Protocol;
using Postseal.Protocol.TlsRpt;
using Xunit;

namespace Postseal.Tests.Protocol.TlsRpt;

public sealed class TlsRptRecordTests
{
    private static readonly CorpusTable Corpus = CorpusTable.Load("tlsrpt-record");

    private static readonly Gen<ReportUri> ReportAddress = Gen.OneOf(
            Gen.OneOf(
                "mailto:a@example.com",
                "https://example.com/r",
                "mailto:a@b?subject=x",
                "http://example.com",
                "mailto:a@example.com!10m",
                ""
            ),
            Gen.Char['!', '~'].Where(c => c is not (',' or ';')).Array[0, 30].Select(c => new string(c))
        )
        .Select(ReportUri.From);

    public static IEnumerable<TheoryDataRow<string>> Cases => Corpus.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("rfc", "8460-3-2")]
    [Trait("rfc", "8460-3-3")]
    [Trait("rfc", "8460-3-4")]
    [Trait("rfc", "8460-3-7")]
    [Trait("rfc", "8460-3-8")]
    [Trait("rfc", "8460-3-9")]
    public void A_record_is_read_or_refused_as_the_corpus_says(string file)
    {
        var expected = Corpus[file];
        var (record, error) = Parse(Corpus.Input(file));
        Assert.Equal(expected["error"], error?.Code ?? "");
        Assert.Equal(expected["offset"], error?.Offset.ToString() ?? "");
        Assert.Equal(expected["rua"], record is null ? "" : string.Join(' ', record.Rua.Select(Describe)));
        Assert.Equal(expected["rua_fields"], record?.RuaFields.ToString() ?? "");
        Assert.Equal(
            expected["ignored"],
            record is null ? "" : string.Join(' ', record.Extensions.Select(f => $"{f.Name}={f.Value}"))
        );
    }

    [Fact]
    public void No_input_breaks_the_parser() => ParserLaws.Hold("tlsrpt-record", Parse);

    [Fact]
    public void A_rendered_record_reads_back_as_itself() =>
        Gen.Select(ReportAddress.Array[1, 5], Gen.Int[1, 5], RecordGen.Fields)
            .Select((rua, fields, extensions) => new TlsRptRecord([.. rua], Math.Min(fields, rua.Length), extensions))
            .Sample(record => Assert.Equal(record, Parse(Encoding.ASCII.GetBytes(record.ToString())).Record), iter: 2000);

    [Fact]
    public void The_record_keeps_how_many_rua_fields_there_were() =>
        Assert.Equal(
            "v=TLSRPTv1; rua=mailto:a@example.com; rua=mailto:b@example.com,mailto:c@example.com;",
            Parse("v=TLSRPTv1;rua=mailto:a@example.com,mailto:b@example.com;rua=mailto:c@example.com"u8.ToArray())
                .Record?.ToString()
        );

    [Fact]
    public void Any_text_is_a_report_address_of_some_kind() =>
        Gen.OneOf(
                Gen.String,
                Gen.OneOf("mailto:", "https://", "https:")
                    .SelectMany(s => Gen.Char['!', '~'].Array[0, 40].Select(c => s + new string(c)))
            )
            .Sample(
                text =>
                {
                    var uri = ReportUri.From(text);
                    Assert.Equal(text, uri.Text);
                    Assert.InRange((uri as ReportUri.Unusable)?.Error.Offset ?? 0, 0, text.Length);
                    Assert.True(uri is not ReportUri.Mail mail || !mail.Address.Any(char.IsControl));
                },
                iter: 20000
            );

    [Fact]
    public void Records_are_equal_by_content()
    {
        var record = new TlsRptRecord([ReportUri.From("mailto:a@example.com")], 1, []);
        Assert.Equal(record, record with { Rua = [ReportUri.From("mailto:a@example.com")] });
        Assert.NotEqual(record, record with { Rua = [ReportUri.From("mailto:b@example.com")] });
        Assert.NotEqual(record, record with { Extensions = ImmutableArray.Create(new RecordField("a", "b")) });
    }

    private static string Describe(ReportUri uri) =>
        uri switch
        {
            ReportUri.Mail mail => $"mail:{mail.Address}",
            ReportUri.Https https => $"https:{https.Text}",
            ReportUri.Unusable { Error: var error } => $"unusable:{error.Code}@{error.Offset}",
            _ => "",
        };

    private static (TlsRptRecord? Record, ParseError? Error) Parse(byte[] text) =>
        TlsRptRecord.TryParse(Encoding.Latin1.GetString(text), out var record, out var error) ? (record, null) : (null, error);
}
