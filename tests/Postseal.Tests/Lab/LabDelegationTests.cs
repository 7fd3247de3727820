using System.Net;
using DnsClient;
using Postseal.Lab;
using Postseal.Lab.Domains;
using Postseal.Lab.Watching;
using Xunit;

namespace Postseal.Tests.Lab;

/// <summary>The name server as one of the public DNS: zones are delegated to it.</summary>
public sealed class LabDelegationTests
{
    private const string Zone = "case.example.test";

    private static readonly LabOptions Delegated = new() { Delegation = new("ns.example.test", [IPAddress.Loopback]) };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Zone, QueryType.MX, DnsHeaderResponseCode.NoError, 1)]
    [InlineData(Zone, QueryType.NS, DnsHeaderResponseCode.NoError, 1)]
    [InlineData(Zone, QueryType.SOA, DnsHeaderResponseCode.NoError, 1)]
    [InlineData("mx1." + Zone, QueryType.NS, DnsHeaderResponseCode.NoError, 0)]
    [InlineData("gone." + Zone, QueryType.A, DnsHeaderResponseCode.NotExistentDomain, 0)]
    public async Task It_answers_with_authority_for_its_zones(
        string name,
        QueryType type,
        DnsHeaderResponseCode code,
        int records
    )
    {
        await using var lab = await StartAsync();
        var answer = await LabFixture.AskAsync(lab, name, type, true, Ct);
        Assert.Equal((code, records), (answer.Header.ResponseCode, answer.Answers.Count));
        Assert.True(answer.Header.HasAuthorityAnswer);
        Assert.False(answer.Header.RecursionAvailable);
        Assert.False(answer.Header.IsAuthenticData);
        Assert.Equal(records == 0 ? 1 : 0, answer.Authorities.Count);
    }

    [Fact]
    public async Task It_tells_who_asks_for_what()
    {
        await using var lab = await Watched.StartAsync(Delegated, [LabDomain.Plain(Zone, "").AddSts()], Ct);
        await LabFixture.AskAsync(lab.Internet, $"_MTA-STS.{Zone}", QueryType.TXT, true, Ct);
        var asked = Assert.Single(lab.Of<Observation.Asked>());
        Assert.Equal(($"_mta-sts.{Zone}", "TXT", IPAddress.Loopback), (asked.Name, asked.Type, asked.Client));
        Assert.Equal(LabDomain.PolicyId, asked.PolicyId);
    }

    [Fact]
    public async Task It_tells_of_no_id_where_the_records_are_not_in_order()
    {
        var domain = LabDomain.Plain(Zone, "").Txt("_mta-sts", "v=STSv1; id=1;", "v=STSv1; id=2;");
        await using var lab = await Watched.StartAsync(Delegated, [domain], Ct);
        await LabFixture.AskAsync(lab.Internet, $"_mta-sts.{Zone}", QueryType.TXT, true, Ct);
        Assert.Null(Assert.Single(lab.Of<Observation.Asked>()).PolicyId);
    }

    [Theory]
    [InlineData("example.test")]
    [InlineData("elsewhere.test")]
    [InlineData("1.0.0.127.in-addr.arpa")]
    public async Task It_refuses_all_other_names(string name)
    {
        await using var lab = await StartAsync();
        var answer = await LabFixture.AskAsync(lab, name, QueryType.A, true, Ct);
        Assert.Equal(DnsHeaderResponseCode.Refused, answer.Header.ResponseCode);
        Assert.Empty(answer.Answers);
        Assert.Empty(answer.Authorities);
    }

    private static Task<LabInternet> StartAsync() =>
        LabInternet.StartAsync(Delegated, [LabDomain.Plain(Zone, "") with { HasDnssec = true }], Ct);
}
