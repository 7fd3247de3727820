using System.Net;
using System.Net.Sockets;
using DnsClient;
using Microsoft.Extensions.Time.Testing;
using Postseal.Lab;
using Postseal.Lab.Dns;
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

    [Fact]
    public async Task A_flood_of_connections_is_turned_away_and_questions_are_answered()
    {
        // A clock that stands still, however long it takes to connect.
        await using var lab = await LabInternet.StartAsync(
            Delegated with
            {
                Clock = new FakeTimeProvider(),
            },
            [LabDomain.Plain(Zone, "")],
            Ct
        );
        var clients = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 1050; i++)
                clients.Add(await LabFixture.ConnectAsync(lab.DnsEndPoint.Address, lab.DnsEndPoint.Port, Ct));

            // The last one comes to a server that is full: hung up on at once, not after it has been idle.
            var end = clients[^1].GetStream().ReadAsync(new byte[1], Ct).AsTask();
            await Assert.ThrowsAsync<IOException>(() => end.WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System, Ct));
            Assert.Single((await LabFixture.AskAsync(lab, Zone, QueryType.MX, true, Ct)).Answers);
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
    }

    [Fact]
    public void Connections_are_counted_for_as_long_as_a_silent_one_stays()
    {
        var clock = new FakeTimeProvider();
        var rate = new ConnectionRate(2, TimeSpan.FromSeconds(10), clock);
        Assert.True(rate.Admits());
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([true, false], [rate.Admits(), rate.Admits()]);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([true, false], [rate.Admits(), rate.Admits()]);
    }

    private static Task<LabInternet> StartAsync() =>
        LabInternet.StartAsync(Delegated, [LabDomain.Plain(Zone, "") with { HasDnssec = true }], Ct);
}
