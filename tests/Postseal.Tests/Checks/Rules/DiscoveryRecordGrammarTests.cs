using Xunit;
using static Postseal.Tests.Checks.FactsBuilder;

namespace Postseal.Tests.Checks.Rules;

public sealed class DiscoveryRecordGrammarTests
{
    [Theory]
    [Trait("rfc", "8461-3.1-3")]
    [Trait("rfc", "8461-3.1-5")]
    [Trait("rfc", "8461-3.1-6")]
    [Trait("rfc", "8461-3.1-12")]
    [InlineData("v=STSv1; id=20240101;", "")]
    [InlineData("v=STSv1; ext=1; id=1", "")]
    [InlineData("v=STSv1;", "off sts-txt-id-missing")]
    [InlineData("v=STSv1; ID=1;", "off sts-txt-id-missing")]
    [InlineData("v=STSv1; id=;", "off sts-txt-id-syntax")]
    [InlineData("v=STSv1; id=2024-01-01;", "off sts-txt-id-syntax")]
    [InlineData("v=STSv1; id=123456789012345678901234567890123;", "off sts-txt-id-syntax")]
    [InlineData("v=STSv1; id=1;; a=b", "off sts-txt-malformed")]
    [InlineData("v=STSv1; id", "off sts-txt-malformed")]
    [InlineData("v=STSv1; id=1 ", "off sts-txt-malformed")]
    [InlineData("v=STSv1; id=1; \u00E9=1", "off sts-txt-malformed")]
    [InlineData("v=STSv1; id=1; -a=b", "off sts-txt-ext-key")]
    [InlineData("v=STSv1; id=1; a:b", "off sts-txt-ext-key")]
    [InlineData("v=STSv1; id=1; a=", "off sts-txt-ext-value")]
    [InlineData("v=STSv1; id=1; a=b=c", "off sts-txt-ext-value")]
    public void The_first_fault_is_named(string text, string expected) =>
        Assert.Equal(expected, Healthy().WithRecord(text).Faults("sts-"));

    [Theory]
    [Trait("rfc", "8461-3.2-15")]
    [InlineData("v=STSv1; id=1; id=2;")]
    [InlineData("v=STSv1; id=1; v=STSv1;")]
    [InlineData("v=STSv1; id=1; a=1; a=2;")]
    public void A_repeated_field_is_ignored_by_senders_and_mentioned(string text) =>
        Assert.Equal("warn sts-txt-dup-field", Healthy().WithRecord(text).Faults("sts-"));

    [Theory]
    [InlineData("v=STSv1; id=1; mode=enforce;", "warn sts-txt-policy-fields")]
    [InlineData("v=STSv1; id=1; mx=mail.example.com; max_age=86400", "warn sts-txt-policy-fields")]
    [InlineData("v=STSv1; id=1; mx=*.example.com; mx=mail.example.com", "warn sts-txt-dup-field, warn sts-txt-policy-fields")]
    [InlineData("v=STSv1; id=1; mode: enforce", "off sts-txt-policy-fields")]
    [InlineData("v=STSv1; mode=enforce; mx=mail.example.com", "off sts-txt-id-missing, warn sts-txt-policy-fields")]
    [InlineData("v=STSv1; id=a-b; mode=enforce", "off sts-txt-id-syntax, warn sts-txt-policy-fields")]
    [InlineData("v=STSv1; id=1; mxtoolbox=yes", "")]
    public void Policy_lines_in_the_record_are_a_fault_only_where_they_spoil_it(string text, string expected) =>
        Assert.Equal(expected, Healthy().WithRecord(text).Faults("sts-"));

    [Fact]
    public void The_remedy_ends_with_the_line_to_publish() =>
        Assert.EndsWith(
            "\n_mta-sts.example.com. IN TXT \"v=STSv1; id=20261123T120000;\"",
            Healthy().WithRecord("v=STSv1; id=2024-01-01;").Finding("sts-txt-id-syntax").Remedy,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_bad_record_is_the_only_accusation() =>
        Assert.Equal("off sts-txt-id-syntax", Healthy().WithRecord("v=STSv1; id=2024-01-01;").Accusations());
}
