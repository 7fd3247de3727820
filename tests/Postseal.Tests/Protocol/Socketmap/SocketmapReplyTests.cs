using System.Text;
using CsCheck;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.Socketmap;
using Xunit;

namespace Postseal.Tests.Protocol.Socketmap;

/// <summary>Replies to the byte, as Postfix reads them.</summary>
public sealed class SocketmapReplyTests
{
    private const string Good = "version: STSv1\nmode: enforce\nmx: mx1.good.example\nmx: *.mx.good.example\nmax_age: 604800\n";

    [Fact]
    public void Short_replies()
    {
        Assert.Equal("9:NOTFOUND ,", Text(new SocketmapReply.NotFound(), Dialect.Plain));
        Assert.Equal("12:OK dane-only,", Text(new SocketmapReply.DaneOnly(), Dialect.TlsRpt));
        Assert.Equal("7:OK dane,", Text(new SocketmapReply.Dane(), Dialect.Plain));
        Assert.Equal("16:TEMP dns failure,", Text(new SocketmapReply.Temporary("dns failure"), Dialect.Plain));
        Assert.Equal("8:PERM why,", Text(new SocketmapReply.Permanent("why"), Dialect.Plain));
        Assert.Equal("7:TEMP \u00fc,", Text(new SocketmapReply.Temporary("\u00fc"), Dialect.Plain)); // bytes, not characters
    }

    [Fact]
    public void The_plain_dialect() =>
        Assert.Equal(
            "69:OK secure match=mx1.good.example:.mx.good.example servername=hostname,",
            Text(Secure(Good), Dialect.Plain)
        );

    [Fact]
    public void The_dialect_with_attributes_for_reports() =>
        Assert.Equal(
            "367:OK secure match=mx1.good.example:.mx.good.example servername=hostname policy_type=sts policy_domain=good.example "
                + "mx_host_pattern=mx1.good.example mx_host_pattern=*.mx.good.example { policy_string = version: STSv1 } "
                + "{ policy_string = mode: enforce } { policy_string = mx: mx1.good.example } { policy_string = mx: *.mx.good.example } "
                + "{ policy_string = max_age: 604800 },",
            Text(Secure(Good), Dialect.TlsRpt)
        );

    [Theory]
    [InlineData("a.mx.good.example", "mx1.good.example:a.mx.good.example")]
    [InlineData("a.mx.good.example b.a.mx.good.example evil.example", "mx1.good.example:a.mx.good.example")] // one label only
    [InlineData("mx1.good.example", "mx1.good.example")]
    [InlineData("evil.example", "mx1.good.example")] // exact names stand: only wildcards are narrowed
    public void A_wildcard_is_narrowed_to_the_hosts_in_DNS_for_older_Postfix(string hosts, string match)
    {
        Assert.Contains($"match={match} ", Text(Secure(Good, hosts), Dialect.Plain), StringComparison.Ordinal);
        Assert.Contains(
            "match=mx1.good.example:.mx.good.example ",
            Text(Secure(Good, hosts), Dialect.TlsRpt),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Where_no_host_in_DNS_is_covered_mail_waits() =>
        Assert.StartsWith(
            "63:TEMP no MX host of good.example is listed in its MTA-STS policy,",
            Text(Secure("version: STSv1\nmode: enforce\nmx: *.good.example\nmax_age: 1\n", "mx.evil.example"), Dialect.Plain),
            StringComparison.Ordinal
        );

    [Theory]
    [Trait("rfc", "8461-3.2-22")]
    [InlineData("hostname")]
    [InlineData("nexthop")]
    [InlineData("dot-nexthop")]
    [InlineData("192.0.2.1")]
    public void What_Postfix_reads_as_something_else_never_stands_in_the_match_list(string pattern)
    {
        var alone = $"version: STSv1\nmode: enforce\nmx: {pattern}\nmax_age: 1\n";
        var beside = $"version: STSv1\nmode: enforce\nmx: {pattern}\nmx: mx.good.example\nmax_age: 1\n";
        foreach (var dialect in Enum.GetValues<Dialect>())
        {
            Assert.Contains(":TEMP no mx line ", Text(Secure(alone), dialect), StringComparison.Ordinal);
            Assert.Contains("match=mx.good.example ", Text(Secure(beside), dialect), StringComparison.Ordinal);
            Assert.DoesNotContain($"mx_host_pattern={pattern}", Text(Secure(beside), dialect), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_line_that_could_end_an_attribute_is_left_out_of_the_report_and_the_policy_still_counts()
    {
        var text = Text(Secure(Good + "x: a } servername=evil { b\ny: \u00fc\nz: fine\n"), Dialect.TlsRpt);
        Assert.DoesNotContain("evil", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u00fc", text, StringComparison.Ordinal);
        Assert.Contains("{ policy_string = z: fine }", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_of_64_kilobytes_still_fits_what_Postfix_reads()
    {
        var lines = string.Concat(Enumerable.Range(0, 5000).Select(i => $"mx: h{i:0000}.x\n"));
        var huge = Secure($"version: STSv1\nmode: enforce\n{lines}max_age: 1\n");
        foreach (var dialect in Enum.GetValues<Dialect>())
        {
            var reply = huge.ToNetstring(dialect);
            Assert.InRange(reply.Length, 1, SocketmapReply.MaxBytes);
            Assert.Contains("h4999.x", Encoding.UTF8.GetString(reply), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Whatever_a_policy_says_no_reply_holds_more_attributes_than_we_wrote() =>
        Gen.String[Gen.Char[' ', '~'], 0, 40]
            .Sample(value =>
            {
                var bytes = Encoding.UTF8.GetBytes($"{Good}ext: {value}\nmx: {value}\n");
                if (!StsPolicy.TryParse(bytes, out var policy, out _))
                    bytes = Encoding.UTF8.GetBytes($"{Good}ext: {value}\n");
                if (!StsPolicy.TryParse(bytes, out policy, out _))
                    return;

                var text = Text(Secure(Encoding.UTF8.GetString(bytes)), Dialect.TlsRpt);
                Assert.Equal(1, Count(text, "servername="));
                Assert.Equal(1, Count(text, " match="));
                Assert.Equal(Count(text, "{"), Count(text, "{ policy_string = "));
            });

    [Theory]
    [InlineData("postfix", Dialect.Plain, true)]
    [InlineData("QUERY", Dialect.Plain, true)]
    [InlineData("sendmail", Dialect.Sendmail, true)]
    [InlineData("sts", Dialect.Sendmail, true)]
    [InlineData("postfix-tlsrpt", Dialect.TlsRpt, true)]
    [InlineData("QUERYwithTLSRPT", Dialect.TlsRpt, true)]
    [InlineData("Postfix-TLSRPT", Dialect.Plain, false)]
    [InlineData("anything", Dialect.Plain, false)]
    public void Map_names(string name, Dialect dialect, bool known) =>
        Assert.Equal((dialect, known), (Dialects.Of(Encoding.ASCII.GetBytes(name), out var isKnown), isKnown));

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static string Text(SocketmapReply reply, Dialect dialect) => Encoding.UTF8.GetString(reply.ToNetstring(dialect));

    private static SocketmapReply.Secure Secure(string policy, string? hosts = null)
    {
        Assert.True(StsPolicy.TryParse(Encoding.UTF8.GetBytes(policy), out var parsed, out var error), error?.Code);
        return new(
            DomainName.Parse("good.example"),
            parsed,
            Encoding.UTF8.GetBytes(policy),
            hosts is null ? null : [.. hosts.Split(' ').Select(DomainName.Parse)]
        );
    }
}
