using System.Globalization;
using System.Text.Json;
using Postseal.Lab;
using Postseal.Server;
using Postseal.Server.SenderTest.Cases;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Deployment;

public sealed class VerifyCommandTests(CasesFixture fixture) : IClassFixture<CasesFixture>
{
    private static readonly string[] Missing =
    [
        .. CasesFixture.Cases.Except(CasesFixture.Offered).SelectMany(c => (string[])["--not-offered", c.Id]),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deployment_that_is_as_it_should_be_passes()
    {
        var (code, output, error) = await RunAsync(fixture.Internet, Missing, Ct);
        Assert.Equal(0, code);
        Assert.All(CasesFixture.Offered, c => Assert.Matches($"(?m)^{c.Id} +as it should be$", output));
        Assert.EndsWith(
            $"{CasesFixture.Offered.Count} cases: {CasesFixture.Offered.Count} as they should be\n",
            output,
            StringComparison.Ordinal
        );
        Assert.Equal(CasesFixture.Offered.Count + 1, error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task What_is_wrong_is_told_with_its_remedy_and_what_is_not_offered_is_left_out()
    {
        string[] cases = ["control", "C0", "C2"];
        await using var lab = await CasesFixture.StartAsync(cases.Select(Domain), Ct);
        var (code, output, _) = await RunAsync(lab, ["--not-offered", AllBut([.. cases, "C1"])], Ct);
        Assert.Equal(1, code);
        Assert.Equal(
            """
            control       as it should be
            C0            as it should be
            C1            WRONG: There is no domain c1.sender.lab.test.
                          Publish the zone file, and delegate the zone to its name servers in the zone above.
            C2            as it should be

            4 cases: 3 as they should be, 1 wrong

            """,
            output
        );
    }

    [Fact]
    public async Task The_document_has_every_case_with_its_problems()
    {
        await using var lab = await CasesFixture.StartAsync([Domain("C0")], Ct);
        var (code, output, _) = await RunAsync(lab, ["--json", "--not-offered", AllBut("C0", "C1")], Ct);
        Assert.Equal(1, code);
        var root = JsonDocument.Parse(output).RootElement;
        Assert.Equal("postseal.sender-test-verify/1", root.GetProperty("schema").GetString());
        Assert.Equal(CasesFixture.Zone, root.GetProperty("zone").GetString());
        var (good, bad) = (root.GetProperty("cases")[0], root.GetProperty("cases")[1]);
        Assert.True(good.GetProperty("ok").GetBoolean());
        Assert.Empty(good.GetProperty("problems").EnumerateArray());
        Assert.Equal("C1", bad.GetProperty("id").GetString());
        Assert.Equal("c1.sender.lab.test", bad.GetProperty("domain").GetString());
        Assert.Equal("wrong", bad.GetProperty("state").GetString());
        Assert.False(bad.GetProperty("ok").GetBoolean());
        var problem = Assert.Single(bad.GetProperty("problems").EnumerateArray());
        Assert.Equal("There is no domain c1.sender.lab.test.", problem.GetProperty("text").GetString());
        Assert.StartsWith("Publish", problem.GetProperty("remedy").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Domains_that_change_with_a_test_are_looked_at_in_each_place()
    {
        var first = CaseCatalogue.All($"p1.{CasesFixture.Zone}", _ => false).Single(c => c.Id == "C20").Stages[0].Domain;
        await using var lab = await CasesFixture.StartAsync([first], Ct);
        var (code, output, _) = await RunAsync(lab, ["--places", "2", "--not-offered", AllBut("C20")], Ct);
        Assert.Equal(1, code);
        Assert.StartsWith(
            """
            C20 p1        as it should be
            C20 p2        WRONG: There is no domain c20.p2.sender.lab.test.

            """,
            output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_could_not_be_found_out_has_an_exit_code_of_its_own()
    {
        await using var lab = await CasesFixture.StartAsync([Domain("C23")], Ct);
        var (code, output, _) = await RunAsync(lab, ["--trust-dnssec", "no", "--not-offered", AllBut("C23")], Ct);
        Assert.Equal(3, code);
        Assert.StartsWith("C23           NOT KNOWN: Whether its records are signed", output, StringComparison.Ordinal);
        Assert.EndsWith("1 cases: 1 not known\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify needs either --config or --zone")]
    [InlineData("--zone takes a domain name, such as sender.example.com, not 'a..b'", "--zone", "a..b")]
    [InlineData("--address takes an IP address, not '127.1'", "--zone", CasesFixture.Zone, "--address", "127.1")]
    [InlineData(
        "--not-offered: there is no case 'C99'; there are control, C0, ",
        "--zone",
        CasesFixture.Zone,
        "--not-offered",
        "C1,C99"
    )]
    [InlineData("--places takes a number from 0 to 1000", "--zone", CasesFixture.Zone, "--places", "-1")]
    [InlineData(
        "--dns takes an address with an optional port, such as 127.0.0.1:53 or [::1]:53, not 'x'",
        "--zone",
        CasesFixture.Zone,
        "--dns",
        "x"
    )]
    [InlineData("--ca-file: there is no file '/no/such/file'", "--zone", CasesFixture.Zone, "--ca-file", "/no/such/file")]
    [InlineData("Unrecognized command or argument '--via'.", "--zone", CasesFixture.Zone, "--via", "127.0.0.1:25")]
    public async Task Wrong_usage_is_told_on_standard_error(string problem, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(ServerApp.Usage, await ServerApp.RunAsync(["sender-test", "verify", .. args], output, error, Ct));
        Assert.StartsWith($"postseal-server: {problem}", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    private static Postseal.Lab.Domains.LabDomain Domain(string id) =>
        CasesFixture.Cases.Single(c => c.Id == id).Stages[0].Domain;

    private static string AllBut(params string[] ids) =>
        string.Join(',', CasesFixture.Cases.Select(c => c.Id).Where(id => !ids.Contains(id)));

    private static async Task<(int Code, string Output, string Error)> RunAsync(
        LabInternet lab,
        string[] args,
        CancellationToken ct
    )
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] where =
        [
            "--dns",
            lab.DnsEndPoint.ToString(),
            "--ca-file",
            lab.CaFile,
            "--allow-private",
            "--https-port",
            lab.HttpsPort.ToString(CultureInfo.InvariantCulture),
            "--smtp-port",
            lab.SmtpPort.ToString(CultureInfo.InvariantCulture),
        ];
        var code = await ServerApp.RunAsync(
            ["sender-test", "verify", "--zone", CasesFixture.Zone, .. where, .. args],
            output,
            error,
            ct
        );
        return (code, output.ToString(), error.ToString());
    }
}
