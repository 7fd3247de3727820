using System.Text;
using Postseal.Checks.Lint;
using Xunit;

namespace Postseal.Tests.Checks.Lint;

/// <summary>One linter for the command line and the site. The transcripts show it through the command line.</summary>
public sealed class PolicyLintTests
{
    [Fact]
    public void A_policy_is_valid()
    {
        var document = PolicyLint.Inspect(Encoding.UTF8.GetBytes(FactsBuilder.HealthyPolicy));
        Assert.True(document.Valid);
        Assert.Null(document.Error);
        Assert.Equal("enforce", document.Policy!.Mode);
        Assert.Equal(["mx1.example.com", "mx2.example.com"], document.Policy.Mx!);
    }

    [Fact]
    public void A_fault_has_its_line_and_its_column_in_characters()
    {
        var document = PolicyLint.Inspect("version: STSv1\nmode: testing\nmx: é.example\nmax_age: 1\n"u8);
        Assert.False(document.Valid);
        Assert.Null(document.Policy);
        Assert.Equal(("sts.policy.mx-idn", 3), (document.Error!.Code, document.Error.Line));
        Assert.InRange(document.Error.Column, 1, 6);
    }

    [Fact]
    public void Nothing_is_read_beyond_the_limit_of_senders()
    {
        var text = new byte[PolicyLint.MaxBytes + 1];
        Array.Fill(text, (byte)'\n');
        Assert.Equal("sts.policy.size", PolicyLint.Inspect(text).Error!.Code);
        Assert.NotEqual("sts.policy.size", PolicyLint.Inspect(text.AsSpan(1)).Error!.Code);
        Assert.Equal("sts.policy.empty", PolicyLint.Inspect([]).Error!.Code);
    }
}
