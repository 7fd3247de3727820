using Postseal.Server.Pages;
using Xunit;

namespace Postseal.Tests.Server.Pages;

/// <summary>What is shown as a line of a zone file can be copied into one.</summary>
public sealed class ZoneLineTests
{
    [Theory]
    [InlineData("v=STSv1; id=1;", "\"v=STSv1; id=1;\"")]
    [InlineData("", "\"\"")]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("tab\there\xff", "\"tab\\009here\\255\"")]
    public void A_text_is_quoted_as_zone_files_want(string text, string quoted) =>
        Assert.Equal($"_mta-sts.example.com. IN TXT {quoted}", ZoneLine.Txt("_mta-sts.example.com", text));

    [Fact]
    public void A_long_text_is_split_into_strings()
    {
        var line = ZoneLine.Txt("a.example", new string('x', 255) + new string('y', 255) + "z");
        Assert.Equal($"a.example. IN TXT \"{new string('x', 255)}\" \"{new string('y', 255)}\" \"z\"", line);
    }

    [Fact]
    public void A_text_that_was_cut_is_shown_bare() => Assert.Equal("v=STSv1; a…", ZoneLine.Txt("a.example", "v=STSv1; a…"));
}
