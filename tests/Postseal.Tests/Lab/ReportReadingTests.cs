using System.IO.Compression;
using System.Text;
using CsCheck;
using Postseal.Lab.Https;
using Postseal.Lab.Watching;
using Postseal.Tests.Server.SenderTest;
using Xunit;

namespace Postseal.Tests.Lab;

public sealed class ReportReadingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_report_says_what_it_is_about(bool isPacked) =>
        Assert.Equal(new("c25.test", null), ReportReading.Of(Bytes(Reports.About("C25.Test"), isPacked), isPacked));

    [Theory]
    [Trait("rfc", "8460-4.4-1")]
    [InlineData("\"2026-11-25T00:00:00Z\"", "\"2026-11-25T23:59:59Z\"", true)]
    [InlineData("\"2026-11-25\"", "\"x\"", false)]
    [InlineData("null", "null", false)]
    public void A_report_says_of_what_time_it_is(string from, string until, bool isTold)
    {
        var report = Reports.About("a.test").Insert(1, $"\"date-range\":{{\"start-datetime\":{from},\"end-datetime\":{until}}},");
        var day = new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero);
        var time = isTold ? new ReportPeriod(day, day.AddDays(1).AddSeconds(-1)) : null;
        Assert.Equal(new("a.test", time), ReportReading.Of(Bytes(report, false), false));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"policies\":{}}")]
    [InlineData("{\"policies\":[]}")]
    [InlineData("{\"policies\":[1]}")]
    [InlineData("{\"policies\":[{\"policy\":1}]}")]
    [InlineData("{\"policies\":[{\"policy\":{\"policy-domain\":1}}]}")]
    public void What_is_no_report_is_about_nothing(string text)
    {
        Assert.Null(ReportReading.Of(Bytes(text, false), false));
        Assert.Null(ReportReading.Of(Bytes(text, true), true));
        Assert.Null(ReportReading.Of(Bytes(text, false), true));
    }

    [Fact]
    public void A_bomb_is_about_nothing() =>
        Assert.Null(ReportReading.Of(Bytes($"{{\"x\":\"{new string('x', 50_000_000)}\"}}", true), true));

    [Fact]
    public void Any_bytes_are_read() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Bool)
            .Sample((bytes, isPacked) => ReportReading.Of(bytes, isPacked) is null or { Domain.Length: < 200 });

    private static byte[] Bytes(string text, bool isPacked)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (!isPacked)
            return bytes;

        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(bytes);

        return packed.ToArray();
    }
}
