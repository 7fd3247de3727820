using System.Text;
using Postseal.Cli.Policyd.Configuration;
using Xunit;

namespace Postseal.Tests.Policyd.Configuration;

/// <summary>The file: what it gives, and every way to get it wrong with its line and what is allowed.</summary>
public sealed class ConfigurationFileTests
{
    private const string Good = "reason = \"x\"\nexpires = 2027-01-31\n";
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("lisen = 'x'", "f:1: there is no setting 'lisen'; did you mean 'listen'?")]
    [InlineData("max_policies = 1", "f:1: there is no setting 'max_policies'; did you mean 'max-policies'?")]
    [InlineData("--store = 'x'", "f:1: there is no setting '--store'; did you mean 'store'?")]
    [InlineData("[override.\"a.example\"]\naction = 'off'", "f:1: there is no setting 'override'; did you mean 'overrides'?")]
    [InlineData("\nmax-policies = \"1\"", "f:2: max-policies is a whole number without quotes")]
    [InlineData("max-policies = 1.5", "f:1: max-policies is a whole number, without a point")]
    [InlineData("timeout = '20'", "f:1: timeout is a number of seconds without quotes")]
    [InlineData("allow-private = 1", "f:1: allow-private is true or false, without quotes")]
    [InlineData("listen = 8461", "f:1: listen is a text in quotes, or several in [ ]")]
    [InlineData("listen = ['a', 1]", "f:1: listen is a text in quotes, or several in [ ]")]
    [InlineData("store = ['a']", "f:1: store is a text in quotes")]
    [InlineData(
        "[listen]\na = 1",
        "f:1: listen is a text in quotes, or several in [ ], no table|f:2: listen is a text in quotes, or several in [ ], no table"
    )]
    [InlineData(
        "store = 'a'\nstore = 'b'",
        "f:2: The key `store` is already defined at (1,1) with `store = 'a'` and cannot be redefined"
    )]
    [InlineData("overrides = 1", "f:1: overrides are tables: [overrides.\"example.com\"]")]
    [InlineData("[overrides]\n\"a.example\" = \"off\"", "f:2: an override is a table: [overrides.\"example.com\"]")]
    [InlineData("[[overrides]]\na = 1", "f:1: there is no [[array of tables]] here; an override is [overrides.\"example.com\"]")]
    [InlineData(
        "[overrides.example.com]\naction = 'off'\n" + Good,
        "f:1: write the domain in quotes: [overrides.\"example.com\"]"
    )]
    [InlineData(
        "[overrides.\"a b\"]\naction = 'off'\n" + Good,
        "f:1: 'a b' is no domain name: the character at position 2 cannot stand in a domain name"
    )]
    [InlineData("[overrides.\"a.example\"]\n" + Good, "f:1: the override has no action: \"off\", \"testing\" or \"pin\"")]
    [InlineData(
        "[overrides.\"a.example\"]\naction = 'Off'\n" + Good,
        "f:2: action is \"off\", \"testing\" or \"pin\", not 'Off'"
    )]
    [InlineData(
        "[overrides.\"a.example\"]\naction = 'off'\nexpires = 2027-01-31",
        "f:1: the override has no reason: a text that tells others why it is there"
    )]
    [InlineData(
        "[overrides.\"a.example\"]\naction = 'off'\nreason = ' '\nexpires = 2027-01-31",
        "f:3: reason is a text in quotes of 1 to 500 characters"
    )]
    [InlineData(
        "[overrides.\"a.example\"]\naction = 'off'\nreason = 'x'\nexpires = 2027-01-31T10:00:00",
        "f:4: expires needs an offset: put Z behind it for UTC, or +02:00"
    )]
    [InlineData(
        "[overrides.\"a.example\"]\naction = 'off'\nreason = 'x'\nexpires = '2027-01-31'",
        "f:4: expires is a date such as 2027-01-31 (its last day, in UTC) or 2027-01-31T18:00:00Z, without quotes"
    )]
    [InlineData(
        "[overrides.\"a.example\"]\naction = 'off'\nreson = 'x'\n" + Good,
        "f:3: an override has no 'reson'; did you mean 'reason'?"
    )]
    [InlineData(
        "[overrides.\"a.example\"]\naction = 'pin'\n" + Good,
        "f:1: action \"pin\" needs a policy: the text as it would be published, in \"\"\" \"\"\""
    )]
    [InlineData(
        "[overrides.\"a.example\"]\naction = 'off'\npolicy = 'x'\n" + Good,
        "f:3: policy goes with action = \"pin\" only"
    )]
    [InlineData(
        "[overrides.\"a.example\"]\naction = 'pin'\n" + Good + "policy = \"\"\"\nversion: STSv1\nmode: force\n\"\"\"",
        "f:7: policy: the mode must be enforce, testing or none, in lower case"
    )]
    [InlineData(
        "[overrides.\"a.example\"]\naction = 'off'\n" + Good + "[overrides.\"A.Example.\"]\naction = 'off'\n" + Good,
        "f:5: there is an override of a.example on line 1 already"
    )]
    [InlineData(
        "[overrides.\"bücher.example\"]\naction = 'off'\n"
            + Good
            + "[overrides.\"xn--bcher-kva.example\"]\naction = 'off'\n"
            + Good,
        "f:5: there is an override of xn--bcher-kva.example on line 1 already"
    )]
    [InlineData(
        "overrides.\"a.example\" = { action = 'off' }",
        "f:1: the override has no reason: a text that tells others why it is there|f:1: the override has no expires: a date such as 2027-01-31 (its last day, in UTC) or 2027-01-31T18:00:00Z, without quotes"
    )]
    public void A_fault_is_said_with_its_line(string text, string problems) =>
        Assert.Equal(problems.Split('|'), Parse(text).Problems);

    [Fact]
    public void All_faults_are_said_at_once()
    {
        var problems = Parse("lisen = 1\nstore = 2\n[overrides.\"a b\"]\naction = 'of'\n").Problems;
        Assert.Equal(["f:1", "f:2", "f:3", "f:3", "f:3", "f:4"], problems.Select(p => p[..3]));
    }

    [Theory]
    [InlineData(
        "a = \nb = = 3\nc = \"x",
        "f:1: Unexpected token end-of-line found while expecting a value|f:2: Unexpected token `=` for a value|f:3: Invalid End-Of-File found on string literal"
    )]
    [InlineData(
        "[overrides.müller.de]\nx = 1",
        "f:1: Unexpected token found `ü` while expecting `]` (token: `closebracket`); write the domain in quotes: [overrides.\"example.com\"]"
    )]
    [InlineData("[", "f:1: Unexpected token `<eof>` for a base key")]
    [InlineData("=", "f:1: Unexpected token [=] found")]
    [InlineData("'' = 1", "f:1: there is no setting ''; there are listen, ")]
    [InlineData(
        "[overrides.\"\"]\naction = 'off'",
        "f:1: '' is no domain name: it is empty|f:1: the override has no reason: |f:1: the override has no expires: "
    )]
    [InlineData("expires = 2027-02-31", "f:1: Unable to parse the date time/offset `2027-02-31`")]
    [InlineData("store = 99999999999999999999999", "f:1: Unable to parse integer `99999999999999999999999`")]
    [InlineData("store = \"\u0001\"", "f:1: Invalid control character found \\u1;")]
    public void Broken_TOML_is_a_problem_and_no_crash(string text, string beginnings)
    {
        var (begun, problems) = (beginnings.Split('|'), Parse(text).Problems);
        Assert.Equal(begun.Length, problems.Count);
        Assert.All(begun.Zip(problems), p => Assert.StartsWith(p.First, p.Second, StringComparison.Ordinal));
    }

    [Fact]
    public void An_international_domain_without_quotes_is_told_to_quote() =>
        Assert.Contains(
            "write the domain in quotes",
            Assert.Single(Parse("[overrides.müller.de]").Problems),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("a = ", "[", "f:1: values are nested too deeply")]
    [InlineData("a = ", "{x=", "f:1: values are nested too deeply")]
    [InlineData("a", ".a", "f:1: Expecting `=` after a key instead of <eof>")]
    [InlineData("", "= = =\n", "f:1: Unexpected token [=] found")]
    public void A_hostile_file_is_refused_in_bounded_space(string head, string rest, string first)
    {
        var problems = Parse(head + string.Concat(Enumerable.Repeat(rest, 50_000))).Problems;
        Assert.Equal(first, problems[0]);
        Assert.InRange(problems.Sum(p => p.Length), 1, 20_000);
    }

    [Fact]
    public void A_file_that_is_too_large_or_missing_is_said()
    {
        var file = Path.Combine(Path.GetTempPath(), $"postseal-{Guid.NewGuid()}.toml");
        Assert.Equal([$"cannot read '{file}': there is no such file"], ConfigurationFile.Read(file, Now).Problems);
        File.WriteAllBytes(file, new byte[ConfigurationFile.MaxBytes + 1]);
        var problems = ConfigurationFile.Read(file, Now).Problems;
        File.Delete(file);
        Assert.Equal([$"{file}: the file is larger than 4 MiB"], problems);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_said_with_their_line()
    {
        var read = ConfigurationFile.Parse("f", [(byte)'#', (byte)'\n', (byte)'#', 0xFF], Now);
        Assert.Equal(["f:2: this is not UTF-8 text"], read.Problems);
    }

    [Fact]
    public void A_domain_may_be_written_as_a_human_writes_it()
    {
        var one = Assert.Single(Parse("[overrides.\"Bücher.Example\"]\naction = 'testing'\n" + Good).Overrides);
        Assert.Equal("xn--bcher-kva.example", one.Domain.Value);
        Assert.Equal((OverrideAction.Testing, "x"), (one.Action, one.Reason));
    }

    [Theory]
    [InlineData("2027-01-31", "2027-02-01T00:00:00Z")]
    [InlineData("2027-01-31T18:00:00Z", "2027-01-31T18:00:00Z")]
    [InlineData("2027-01-31T18:00:00+02:00", "2027-01-31T16:00:00Z")]
    public void A_date_counts_to_its_end(string expires, string moment)
    {
        var read = Parse($"[overrides.\"a.example\"]\naction = 'off'\nreason = 'x'\nexpires = {expires}");
        Assert.Empty(read.Problems);
        Assert.Equal(DateTimeOffset.Parse(moment, null), Assert.Single(read.Overrides).Expires);
    }

    [Fact]
    public void The_last_day_there_is_does_not_overflow() =>
        Assert.Empty(Parse("[overrides.\"a.example\"]\naction = 'off'\nreason = 'x'\nexpires = 9999-12-31").Problems);

    [Fact]
    public void A_pin_has_its_policy()
    {
        const string text =
            "[overrides.\"a.example\"]\naction = 'pin'\npolicy = \"\"\"\nversion: STSv1\nmode: enforce\nmx: mx.a.example\nmax_age: 86400\n\"\"\"\n";
        var read = Parse(text + Good);
        Assert.Empty(read.Problems);
        Assert.Equal("mx.a.example", Assert.Single(Assert.Single(read.Overrides).Policy!.Mx).ToString());
    }

    [Fact]
    public void An_override_that_has_ended_is_a_warning()
    {
        var read = Parse("[overrides.\"a.example\"]\naction = 'off'\nreason = 'x'\nexpires = 2026-11-24");
        Assert.Empty(read.Problems);
        Assert.Equal(["f:1: the override of a.example ended at 2026-11-25 00:00 UTC and does nothing; delete it"], read.Warnings);
        var table = new OverrideTable(read.Overrides);
        Assert.Null(table.Find(read.Overrides[0].Domain, Now));
        Assert.NotNull(table.Find(read.Overrides[0].Domain, Now.AddDays(-1)));
    }

    private static ConfigurationFile Parse(string text) => ConfigurationFile.Parse("f", Encoding.UTF8.GetBytes(text), Now);
}
