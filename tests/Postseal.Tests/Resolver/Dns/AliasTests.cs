using System.Net;
using System.Net.Sockets;
using Postseal.Protocol;
using Postseal.Resolver.Dns;
using Xunit;

namespace Postseal.Tests.Resolver.Dns;

/// <summary>CNAMEs, whether the resolver follows them or leaves that to us.</summary>
public sealed class AliasTests
{
    private static readonly DomainName Start = DomainName.Parse("n0.example.com");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("rfc", "8461-3.1-15")]
    public async Task A_chain_in_one_answer_is_followed_by_owner_whatever_the_order()
    {
        await using var server = new WireDnsServer(q =>
            q.Reply([
                Wire.A("n2.example.com", ttl: 200),
                Wire.Cname("n1.example.com", "N2.example.com", ttl: 50),
                Wire.Cname(q.Name, "n1.example.com", ttl: 100),
            ])
        );
        var found = Assert.IsType<DnsAnswer<IPAddress>.Found>(await AskAsync(server));

        Assert.Equal(["n1.example.com", "n2.example.com"], found.Aliases.Select(a => a.Value));
        Assert.Equal(TimeSpan.FromSeconds(50), found.Ttl);
        Assert.Single(server.Queries);
    }

    [Fact]
    public async Task Where_the_answer_stops_at_an_alias_the_target_is_asked()
    {
        await using var server = new WireDnsServer(q =>
            q.Name == "n2.example.com" ? q.Reply([Wire.A(q.Name)]) : q.Reply([Wire.Cname(q.Name, Next(q.Name))])
        );
        var found = Assert.IsType<DnsAnswer<IPAddress>.Found>(await AskAsync(server));

        Assert.Equal(["n1.example.com", "n2.example.com"], found.Aliases.Select(a => a.Value));
        Assert.Equal(["n0.example.com", "n1.example.com", "n2.example.com"], server.Queries.Select(q => q.Name));
    }

    [Theory]
    [Trait("rfc", "7672-2.1.3-1")]
    [InlineData("n0.example.com")]
    [InlineData("n1.example.com")]
    [InlineData("n2.example.com")]
    [InlineData("none")]
    public async Task One_insecure_link_makes_the_answer_insecure(string insecure)
    {
        await using var server = new WireDnsServer(q =>
            q.Name == "n2.example.com"
                ? q.Reply([Wire.A(q.Name)], ad: q.Name != insecure)
                : q.Reply([Wire.Cname(q.Name, Next(q.Name))], ad: q.Name != insecure)
        );

        Assert.Equal(insecure == "none", Assert.IsType<DnsAnswer<IPAddress>.Found>(await AskAsync(server)).Secure);
    }

    [Fact]
    [Trait("rfc", "7672-2.1.3-1")]
    public async Task A_failure_at_any_link_fails_the_look_up()
    {
        await using var server = new WireDnsServer(q =>
            q.Name == "n1.example.com" ? q.Reply(rcode: 2) : q.Reply([Wire.Cname(q.Name, Next(q.Name))])
        );

        Assert.Equal(DnsFailure.ServFail, Assert.IsType<DnsAnswer<IPAddress>.Failed>(await AskAsync(server)).Failure);
    }

    [Theory]
    [Trait("rfc", "8461-3.1-15")]
    [InlineData(8, true, true)]
    [InlineData(9, true, false)]
    [InlineData(8, false, true)]
    [InlineData(9, false, false)]
    public async Task Eight_links_are_followed_and_not_nine(int links, bool inOneAnswer, bool isFound)
    {
        var last = $"n{links}.example.com";
        await using var server = new WireDnsServer(q =>
            inOneAnswer
                ? q.Reply([
                    .. Enumerable.Range(0, links).Select(i => Wire.Cname($"n{i}.example.com", $"n{i + 1}.example.com")),
                    Wire.A(last),
                ])
            : q.Name == last ? q.Reply([Wire.A(q.Name)])
            : q.Reply([Wire.Cname(q.Name, Next(q.Name))])
        );
        var answer = await AskAsync(server);

        if (isFound)
            Assert.IsType<DnsAnswer<IPAddress>.Found>(answer);
        else
            Assert.Equal(DnsFailure.AliasLoop, Assert.IsType<DnsAnswer<IPAddress>.Failed>(answer).Failure);
    }

    [Theory]
    [InlineData("n0.example.com")]
    [InlineData("n1.example.com")]
    public async Task A_loop_is_a_failure(string target)
    {
        await using var server = new WireDnsServer(q =>
            q.Reply([Wire.Cname("n0.example.com", "n1.example.com"), Wire.Cname("n1.example.com", target)])
        );

        Assert.Equal(DnsFailure.AliasLoop, Assert.IsType<DnsAnswer<IPAddress>.Failed>(await AskAsync(server)).Failure);
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(0, true)]
    public async Task An_alias_that_leads_nowhere_shows(int rcode, bool nameExists)
    {
        await using var server = new WireDnsServer(q =>
            q.Reply([Wire.Cname(q.Name, "gone.test")], [Wire.Soa("test")], rcode: rcode)
        );
        var absent = Assert.IsType<DnsAnswer<IPAddress>.Absent>(await AskAsync(server));

        Assert.Equal(nameExists, absent.NameExists);
        Assert.Equal(["gone.test"], absent.Aliases.Select(a => a.Value));
    }

    [Fact]
    public async Task An_alias_of_something_that_is_no_name_is_malformed()
    {
        await using var server = new WireDnsServer(q => q.Reply([Wire.Cname(q.Name, "no name.test"), Wire.A("no name.test")]));

        Assert.Equal(DnsFailure.Malformed, Assert.IsType<DnsAnswer<IPAddress>.Failed>(await AskAsync(server)).Failure);
    }

    [Fact]
    public async Task A_question_for_the_alias_itself_is_not_followed()
    {
        await using var server = new WireDnsServer(q =>
            q.Reply([Wire.Cname(q.Name, "n1.example.com"), Wire.Cname("n1.example.com", "n2.example.com")], ad: true)
        );
        var found = Assert.IsType<DnsAnswer<DomainName>.Found>(await Dns(server).CnameAsync(Start, Ct));

        Assert.Equal(["n1.example.com"], found.Records.Select(r => r.Value));
        Assert.True(found.Secure);
        Assert.Empty(found.Aliases);
    }

    private static string Next(string name) => $"n{name[1] - '0' + 1}.example.com";

    private static DnsClientDns Dns(WireDnsServer server) => new(new() { Servers = [server.EndPoint] }, TimeProvider.System);

    private static Task<DnsAnswer<IPAddress>> AskAsync(WireDnsServer server) =>
        Dns(server).AddressesAsync(Start, AddressFamily.InterNetwork, Ct);
}
