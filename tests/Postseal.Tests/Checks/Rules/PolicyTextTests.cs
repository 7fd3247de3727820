using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Xunit;
using static Postseal.Tests.Checks.FactsBuilder;

namespace Postseal.Tests.Checks.Rules;

public sealed class PolicyTextTests
{
    [Fact]
    public void A_valid_policy_is_summed_up()
    {
        Assert.Equal("pol-version", Healthy().Fine("pol-"));
        Assert.Equal(
            "The policy is valid: mode enforce, kept for 14 days, 2 mx lines.",
            Healthy().Finding("pol-version").Summary
        );
    }

    [Theory]
    [Trait("rfc", "8461-3.2-17")]
    [InlineData("enforce", 1209600, "")]
    [InlineData("enforce", 31557600, "")]
    [InlineData("enforce", 1209599, "info pol-maxage-short")]
    [InlineData("enforce", 86400, "info pol-maxage-short")]
    [InlineData("enforce", 86399, "warn pol-maxage-short")]
    [InlineData("enforce", 0, "warn pol-maxage-short")]
    [InlineData("enforce", 31557601, "warn pol-maxage-range")]
    [InlineData("enforce", 9999999999, "warn pol-maxage-range")]
    [InlineData("testing", 86400, "warn pol-mode-testing")]
    [InlineData("testing", 3600, "warn pol-mode-testing, warn pol-maxage-short")]
    [InlineData("none", 60, "info pol-mode-none")]
    public void Mode_and_max_age_are_judged_together(string mode, long maxAge, string expected) =>
        Assert.Equal(expected, Healthy().WithPolicy(Text(mode, maxAge, "mx1.example.com", "mx2.example.com")).Faults("pol-"));

    [Theory]
    [Trait("rfc", "8461-3.2-3")]
    [Trait("rfc", "8461-3.2-14")]
    [Trait("rfc", "8461-3.2-15")]
    [Trait("rfc", "8461-3.2-19")]
    [InlineData("version: STSv1\nmode: enforce\nmx: *.example.com\nmax_age: 1209600\n", "info pol-line-endings")]
    [InlineData("version: STSv1\r\nmode: enforce\nmx: *.example.com\nmax_age: 1209600\n", "info pol-line-endings")]
    [InlineData("version: STSv1\r\nmode: enforce\r\nmx: *.example.com\r\nmax_age: 1209600", "info pol-line-endings")]
    [InlineData("version: STSv1\r\nmode: enforce\r\nmx: *.example.com\r\nmax_age: 1209600\r\n\r\n", "info pol-trailing-garbage")]
    [InlineData("version: STSv1 \r\nmode: enforce\r\nmx: *.example.com\r\nmax_age: 1209600\r\n", "info pol-trailing-garbage")]
    [InlineData("version: STSv1\r\nmode: enforce\r\nmode: none\r\nmx: *.example.com\r\nmax_age: 1209600\r\n", "warn pol-dup-key")]
    [InlineData(
        "version: STSv1\r\nmode: enforce\r\nowner: us\r\nmx: *.example.com\r\nmax_age: 1209600\r\n",
        "info pol-unknown-key"
    )]
    public void Oddities_of_a_valid_policy_are_mentioned(string text, string expected) =>
        Assert.Equal(expected, Healthy().WithPolicy(text).Faults("pol-"));

    [Fact]
    [Trait("rfc", "8461-3.2-22")]
    public void An_address_covers_no_host() =>
        Assert.Equal(
            "warn pol-mx-ip",
            Healthy().WithPolicy(Text("enforce", 1209600, "*.example.com", "192.0.2.1")).Faults("pol-")
        );

    [Theory]
    [Trait("rfc", "8461-4.1-4")]
    [InlineData("enforce", "breaks pol-mx-is-mta-sts-host", "mta-sts.example.com")]
    [InlineData("enforce", "breaks pol-mx-is-mta-sts-host", "mta-sts.example.com", "mx1.example.com")]
    [InlineData("enforce", "warn pol-mx-is-mta-sts-host", "mta-sts.example.com", "*.example.com")]
    [InlineData("testing", "warn pol-mode-testing, warn pol-mx-is-mta-sts-host", "mta-sts.example.com")]
    [InlineData("none", "info pol-mode-none", "mta-sts.example.com")]
    public void The_policy_host_is_no_mail_host(string mode, string expected, params string[] patterns) =>
        Assert.Equal(expected, Healthy().WithPolicy(Text(mode, 1209600, patterns)).Faults("pol-"));

    [Fact]
    public void Unless_it_is_one()
    {
        var facts = Healthy().WithHosts(Host("mta-sts.example.com")).WithPolicy(Text("enforce", 1209600, "mta-sts.example.com"));

        Assert.Equal("", facts.Faults("pol-"));
    }

    [Fact]
    public void Where_the_mx_look_up_failed_the_policy_host_in_the_policy_is_a_warning()
    {
        var facts = Healthy()
            .WithoutHosts(new MxLookup.Failed(DnsFailure.Timeout, "No answer."))
            .WithPolicy(Text("enforce", 1209600, "mta-sts.example.com"));

        Assert.Equal("warn pol-mx-is-mta-sts-host", facts.Faults("pol-"));
    }

    [Fact]
    public void The_remedy_names_the_lines_to_write() =>
        Assert.Equal(
            "Replace that line by the hosts of your MX records:\nmx: mx1.example.com\nmx: mx2.example.com\n"
                + "Then change the id, so that senders notice:\n_mta-sts.example.com. IN TXT \"v=STSv1; id=20261123T120000;\"",
            Healthy().WithPolicy(Text("enforce", 1209600, "mta-sts.example.com")).Finding("pol-mx-is-mta-sts-host").Remedy
        );

    private static string Text(string mode, long maxAge, params string[] mx) =>
        $"version: STSv1\r\nmode: {mode}\r\n{string.Concat(mx.Select(m => $"mx: {m}\r\n"))}max_age: {maxAge}\r\n";
}
