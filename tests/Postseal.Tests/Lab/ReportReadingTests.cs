using System.IO.Compression;
using System.Text;
using CsCheck;
using Postseal.Lab.Https;
using Postseal.Tests.Server.SenderTest;
using Xunit;

namespace Postseal.Tests.Lab;

public sealed class ReportReadingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_report_says_what_it_is_about(bool isPacked) =>
        Assert.Equal("c25.test", ReportReading.DomainOf(Bytes(Reports.About("C25.Test"), isPacked), isPacked));

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
        Assert.Null(ReportReading.DomainOf(Bytes(text, false), false));
        Assert.Null(ReportReading.DomainOf(Bytes(text, true), true));
        Assert.Null(ReportReading.DomainOf(Bytes(text, false), true));
    }

    [Fact]
    public void A_bomb_is_about_nothing() =>
        Assert.Null(ReportReading.DomainOf(Bytes($"{{\"x\":\"{new string('x', 50_000_000)}\"}}", true), true));

    [Fact]
    public void Any_bytes_are_read() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Bool)
            .Sample((bytes, isPacked) => ReportReading.DomainOf(bytes, isPacked) is null or { Length: < 200 });

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
