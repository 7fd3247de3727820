using System.Reflection;
using System.Text;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Xunit;
using static Postseal.Tests.Checks.FactsBuilder;

namespace Postseal.Tests.Checks.Rules;

public sealed class PolicyTextFaultsTests
{
    [Theory]
    [Trait("rfc", "8461-3.2-5")]
    [Trait("rfc", "8461-3.2-6")]
    [Trait("rfc", "8461-3.2-7")]
    [Trait("rfc", "8461-3.2-8")]
    [Trait("rfc", "8461-3.2-10")]
    [Trait("rfc", "8461-3.2-18")]
    [Trait("rfc", "8461-3.2-20")]
    [InlineData("", "off pol-empty")]
    [InlineData("\r\n \r\n", "off pol-empty")]
    [InlineData("\uFEFFversion: STSv1\nmode: none\nmax_age: 1", "off pol-bom")]
    [InlineData("version: STSv1\rmode: none\rmax_age: 1", "off pol-line-endings")]
    [InlineData("mode: none\nmax_age: 1", "off pol-version")]
    [InlineData("version: STSv2\nmode: none\nmax_age: 1", "off pol-version")]
    [InlineData("version: STSv1\nmax_age: 1", "off pol-mode-missing")]
    [InlineData("version: STSv1\nMode: none\nmax_age: 1", "off pol-mode-missing")]
    [InlineData("version: STSv1\nmode: Enforce\nmax_age: 1", "off pol-mode-invalid")]
    [InlineData("version: STSv1\nmode: none", "off pol-maxage-missing")]
    [InlineData("version: STSv1\nmode: none\nmax_age: -1", "off pol-maxage-range")]
    [InlineData("version: STSv1\nmode: none\nmax_age: 86400s", "off pol-maxage-range")]
    [InlineData("version: STSv1\nmode: none\nmax_age: 99999999999", "off pol-maxage-range")]
    [InlineData("version: STSv1\nmode: testing\nmax_age: 1", "off pol-mx-missing")]
    [InlineData("version: STSv1\nmode: testing\nmx: a@example.com\nmax_age: 1", "off pol-mx-syntax")]
    [InlineData("version: STSv1\nmode: testing\nmx:\nmax_age: 1", "off pol-mx-syntax")]
    [InlineData("version: STSv1\nmode: testing\nmx: [192.0.2.1]\nmax_age: 1", "off pol-mx-ip")]
    [InlineData("version: STSv1\nmode: testing\nmx: 2001:db8::1\nmax_age: 1", "off pol-mx-ip")]
    [InlineData("version: STSv1\nmode: testing\nmx: bücher.example\nmax_age: 1", "off pol-mx-idn")]
    [InlineData("version STSv1\nmode: none\nmax_age: 1", "off pol-line-format")]
    [InlineData("# policy\nversion: STSv1\nmode: none\nmax_age: 1", "off pol-line-format")]
    [InlineData("<html>", "off pol-line-format")]
    [InlineData("version: STSv1\nmode: none\nmax_age: 1\n-x: 1", "off pol-line-format")]
    [InlineData("version: STSv1\nmode: none\nmax_age: 1\nx:", "off pol-line-format")]
    public void The_first_fault_is_the_only_accusation(string text, string expected) =>
        Assert.Equal(expected, Healthy().WithPolicy(text).Accusations());

    [Fact]
    public void Bytes_that_are_not_text_are_a_bad_line() =>
        Assert.Equal("off pol-line-format", Healthy().WithPolicy([.. "version: "u8, 0xFF, 0xFE]).Accusations());

    [Theory]
    [InlineData("mx.example.com.", "ends with a dot", "mx: mx.example.com")]
    [InlineData("a@example.com", "mail address", "mx: mx1.example.com\nmx: mx2.example.com")]
    [InlineData("https://mx.example.com", "web address", "mx: mx1.example.com\nmx: mx2.example.com")]
    [InlineData("mx1.example.com, mx2.example.com", "more than one name", "mx: mx1.example.com\nmx: mx2.example.com")]
    [InlineData("mail.*.example.com", "* in the wrong place", "mx: mx1.example.com\nmx: mx2.example.com")]
    [InlineData("*example.com", "* in the wrong place", "mx: mx1.example.com\nmx: mx2.example.com")]
    [InlineData("mx.example.com:25", "port", "mx: mx1.example.com\nmx: mx2.example.com")]
    [InlineData("mx_1.example.com", "no host name", "mx: mx1.example.com\nmx: mx2.example.com")]
    public void A_bad_mx_line_is_explained(string value, string what, string lines)
    {
        var finding = Healthy()
            .WithPolicy($"version: STSv1\nmode: enforce\nmx: {value}\nmax_age: 1209600\n")
            .Finding("pol-mx-syntax");

        Assert.Contains(what, finding.Summary, StringComparison.Ordinal);
        Assert.EndsWith("\n" + lines, finding.Remedy, StringComparison.Ordinal);
        Assert.Equal("3", finding.Evidence["line"]);
    }

    [Theory]
    [InlineData("bücher.example", "mx: xn--bcher-kva.example")]
    [InlineData("*.bücher.example", "mx: *.xn--bcher-kva.example")]
    public void An_international_name_is_converted(string value, string line)
    {
        var finding = Healthy()
            .WithPolicy($"version: STSv1\nmode: enforce\nmx: {value}\nmax_age: 1209600\n")
            .Finding("pol-mx-idn");

        Assert.EndsWith("\n" + line, finding.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Mode: enforce", "pol-mode-missing", "Mode is not mode")]
    [InlineData("mode: enforce\nmax-age: 86400", "pol-maxage-missing", "max-age is not max_age")]
    public void A_misspelt_key_is_pointed_out(string line, string id, string expected) =>
        Assert.Contains(
            expected,
            Healthy().WithPolicy($"version: STSv1\nmx: mx1.example.com\n{line}\n").Finding(id).Summary,
            StringComparison.Ordinal
        );

    [Fact]
    public void Every_error_of_the_parser_has_its_explanation()
    {
        var codes = typeof(StsPolicyErrors)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => (string)f.GetValue(null)!)
            .ToList();

        Assert.NotEmpty(codes);
        foreach (var code in codes)
        {
            var facts = Healthy().WithPolicy("mx: \e[2J\n");
            var finding = (facts with { Sts = facts.Sts with { PolicyError = new ParseError(code, 4) } }).Faults("pol-");

            Assert.StartsWith("off pol-", finding, StringComparison.Ordinal);
            Assert.DoesNotContain(',', finding);
        }
    }

    [Fact]
    public void A_hostile_line_is_quoted_harmlessly()
    {
        var finding = Healthy().WithPolicy(Encoding.UTF8.GetBytes("\e]0;title\a\u202Emx")).Finding("pol-line-format");

        Assert.DoesNotContain(
            finding.Summary + finding.Remedy?.Replace("\n", "", StringComparison.Ordinal),
            c => char.IsControl(c) || c == '\u202E'
        );
    }
}
