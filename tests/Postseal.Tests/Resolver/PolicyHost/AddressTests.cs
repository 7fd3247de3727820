using System.Net;
using System.Net.Sockets;
using System.Text;
using Postseal.Protocol;
using Postseal.Resolver.PolicyHost;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Resolver.PolicyHost;

/// <summary>The rules about names and addresses.</summary>
public sealed class AddressTests : PolicyHostTest
{
    private const string TwoAddresses = """
        mta-sts.example.com A 127.0.0.1
        mta-sts.example.com A 127.0.0.2
        """;

    private static Func<Stream, CancellationToken, Task> Serves => RawHttpsServer.Sends(Response());

    [Theory]
    [Trait("rfc", "8461-3.3-17")]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    public async Task Addresses_that_are_not_public_are_not_connected_to(string address)
    {
        await using var server = new RawHttpsServer(Serves, Good);
        var type = address.Contains(':', StringComparison.Ordinal) ? "AAAA" : "A";
        var policyHost = new HttpsPolicyHost(
            new FakeDns($"mta-sts.example.com {type} {address}"),
            Options(server.Port) with
            {
                AllowPrivate = false,
            },
            Clock
        );
        var fetch = await policyHost.FetchAsync(DomainName.Parse("example.com"), Ct);

        Assert.Equal((FetchFailure.AddressRefused, true), Failed(fetch));
        Assert.Empty(fetch.Attempts);
        Assert.Empty(server.Connections);
    }

    [Theory]
    [InlineData("other.test A 127.0.0.1", FetchFailure.DnsAbsent, false)]
    [InlineData("mta-sts.example.com TXT x", FetchFailure.DnsAbsent, false)]
    [InlineData("mta-sts.example.com A !servfail", FetchFailure.DnsFailed, true)]
    [InlineData("mta-sts.example.com AAAA !timeout", FetchFailure.DnsFailed, true)]
    [InlineData("mta-sts.example.com A !bogus", FetchFailure.DnsFailed, false)]
    public async Task Without_an_address_absence_and_failure_are_told_apart(string zone, FetchFailure expected, bool ours)
    {
        var fetch = await FetchAsync(443, zone);

        Assert.Equal((expected, ours), Failed(fetch));
        Assert.Equal("mta-sts.example.com", fetch.Host?.Value);
    }

    [Fact]
    public async Task A_family_that_cannot_be_looked_up_does_not_matter_beside_the_other()
    {
        await using var server = new RawHttpsServer(Serves, Good);
        var fetch = await FetchAsync(
            server.Port,
            """
            mta-sts.example.com A    127.0.0.1
            mta-sts.example.com AAAA !servfail
            """
        );

        Assert.IsType<FetchOutcome.Body>(fetch.Outcome);
    }

    [Fact]
    public async Task An_alias_of_the_policy_host_is_kept_and_the_certificate_is_still_for_the_policy_host()
    {
        await using var server = new RawHttpsServer(Serves, Good);
        var fetch = await FetchAsync(
            server.Port,
            """
            mta-sts.example.com CNAME sts.hoster.test
            sts.hoster.test     A     127.0.0.1
            """
        );

        Assert.IsType<FetchOutcome.Body>(fetch.Outcome);
        Assert.Equal(["sts.hoster.test"], fetch.Aliases.Select(a => a.Value));
        Assert.Equal(["mta-sts.example.com"], server.Connections);
    }

    [Fact]
    [Trait("rfc", "8461-3.3-17")]
    public async Task After_a_dead_address_the_next_is_tried()
    {
        using var first = Closed(out var port);
        await using var second = new RawHttpsServer(Serves, Good, "127.0.0.2", port);
        var fetch = await FetchAsync(port, TwoAddresses);

        Assert.IsType<FetchOutcome.Body>(fetch.Outcome);
        Assert.Equal(
            [FetchFailure.Tcp],
            fetch.Attempts.Select(a => a.Outcome).OfType<FetchOutcome.Failed>().Select(f => f.Failure)
        );
    }

    [Fact]
    [Trait("rfc", "8461-3.3-17")]
    public async Task After_a_bad_certificate_the_next_address_is_tried()
    {
        await using var first = new RawHttpsServer(Serves, [Root.Issue(Cert.For("other.test"))]);
        await using var second = new RawHttpsServer(Serves, Good, "127.0.0.2", first.Port);
        var fetch = await FetchAsync(first.Port, TwoAddresses);

        Assert.IsType<FetchOutcome.Body>(fetch.Outcome);
        Assert.Equal(2, fetch.Attempts.Count);
    }

    [Fact]
    public async Task What_HTTP_says_is_final()
    {
        await using var first = new RawHttpsServer(RawHttpsServer.Sends(Response(status: "404 Not Found")), Good);
        await using var second = new RawHttpsServer(Serves, Good, "127.0.0.2", first.Port);
        var fetch = await FetchAsync(first.Port, TwoAddresses);

        Assert.Equal((FetchFailure.HttpStatus, false), Failed(fetch));
        Assert.Empty(second.Connections);
    }

    [Fact]
    public async Task A_checker_fetches_from_each_address_and_concludes_as_a_sender_would()
    {
        await using var first = new RawHttpsServer(Serves, [Root.Issue(Cert.For("other.test"))]);
        await using var second = new RawHttpsServer(Serves, Good, "127.0.0.2", first.Port);
        await using var third = new RawHttpsServer(
            RawHttpsServer.Sends(Response(status: "500 Oops")),
            Good,
            "127.0.0.3",
            first.Port
        );
        var fetch = await PolicyHost(first.Port, TwoAddresses + "\nmta-sts.example.com A 127.0.0.3")
            .FetchFromEachAsync(DomainName.Parse("example.com"), Ct);

        Assert.IsType<FetchOutcome.Body>(fetch.Outcome);
        Assert.Equal(
            ["127.0.0.1 tls-name", "127.0.0.2 ok", "127.0.0.3 http-status"],
            fetch.Attempts.Select(a => $"{a.Address} {(a.Outcome as FetchOutcome.Failed)?.Failure.ToWire() ?? "ok"}")
        );
    }

    [Fact]
    public async Task Of_several_failures_the_one_that_says_most_is_kept()
    {
        using var first = Closed(out var port);
        await using var second = new RawHttpsServer(Serves, [Root.Issue(Cert.For("other.test"))], "127.0.0.2", port);

        Assert.Equal((FetchFailure.TlsName, false), Failed(await FetchAsync(port, TwoAddresses)));
    }

    [Fact]
    public async Task A_closed_port_is_the_servers_and_a_missing_route_is_ours()
    {
        using var closed = Closed(out var port);

        Assert.Equal((FetchFailure.Tcp, false), Failed(await FetchAsync(port, "mta-sts.example.com A 127.0.0.1")));
        Assert.Equal((FetchFailure.Tcp, true), Failed(await FetchAsync(port, "mta-sts.example.com A 255.255.255.255")));
    }

    [Fact]
    public async Task A_domain_too_long_for_a_policy_host_has_none()
    {
        var domain = DomainName.Parse(string.Join('.', Enumerable.Repeat(new string('a', 61), 4)));
        var fetch = await PolicyHost(443, "").FetchAsync(domain, Ct);

        Assert.Null(fetch.Host);
        Assert.Equal((FetchFailure.DnsAbsent, false), Failed(fetch));
    }

    [Fact]
    public async Task Only_the_callers_cancellation_throws()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = new RawHttpsServer(
            async (stream, ct) =>
            {
                await RawHttpsServer.ReadRequestAsync(stream, ct);
                await cancel.CancelAsync();
                await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\n"), ct);
                await stream.ReadExactlyAsync(new byte[1], ct);
            },
            Good
        );

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            PolicyHost(server.Port, "mta-sts.example.com A 127.0.0.1").FetchAsync(DomainName.Parse("example.com"), cancel.Token)
        );
    }

    // A port of 127.0.0.1 that is taken, so that nobody else listens there, and refuses connections.
    private static Socket Closed(out int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }
}
