using System.Net;
using System.Net.Sockets;
using Postseal.Protocol.Tls;
using Postseal.Smtp.Probe;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Smtp.Probe;

/// <summary>Connections that do not come about tell nothing about the domain.</summary>
public sealed class ProbeConnectTests : IDisposable
{
    private readonly ProbeBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_closed_port_is_unknown()
    {
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var result = await ProbeAsync((IPEndPoint)bound.LocalEndPoint!);

        Assert.Equal(new TlsOutcome.Unknown("tcp-refused"), result.Tls);
        var stop = Assert.IsType<ProbeStop.NotConnected>(result.Stop);
        Assert.Equal((ProbeStep.Connect, "tcp-refused", false), (stop.Step, stop.Reason, stop.NoRoute));
    }

    [Fact]
    public async Task A_host_that_does_not_answer_is_unknown()
    {
        // A full backlog drops what knocks next.
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        deaf.Listen(0);
        var address = (IPEndPoint)deaf.LocalEndPoint!;
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await first.ConnectAsync(address, _bench.Token);

        var probing = ProbeAsync(address);
        await _bench.Clock.Waiting(_bench.Options.ConnectTimeout);
        _bench.Clock.Advance(_bench.Options.ConnectTimeout);

        Assert.Equal(new TlsOutcome.Unknown("tcp-timeout"), (await probing).Tls);
    }

    [Fact]
    public async Task An_address_this_machine_has_no_way_to_reach_says_so()
    {
        // TCP to a multicast address: the kernel has no route for it, whatever the network around it.
        var result = await ProbeAsync(new IPEndPoint(IPAddress.Parse("224.0.0.1"), 25));

        Assert.Equal(new TlsOutcome.Unknown("tcp-unreachable"), result.Tls);
        Assert.True(Assert.IsType<ProbeStop.NotConnected>(result.Stop).NoRoute);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("10.0.0.1")]
    [InlineData("169.254.169.254")]
    [Trait("rfc", "8461-3.3-17")]
    public async Task An_address_that_is_not_public_is_not_connected_to_unless_allowed(string address)
    {
        _bench.Options = _bench.Options with { AllowPrivate = false };
        await using var peer = _bench.Peer(Chunks.Whole, IPAddress.Loopback, ProbeBench.Healthy);

        var result = await ProbeAsync(new IPEndPoint(IPAddress.Parse(address), peer.EndPoint.Port));

        Assert.Equal(new TlsOutcome.Unknown("address-refused"), result.Tls);
        Assert.IsType<ProbeStop.AddressRefused>(result.Stop);
        Assert.Equal(0, peer.Connections);
    }

    private Task<ProbeResult> ProbeAsync(IPEndPoint at) =>
        new SmtpProbe(_bench.Options with { Port = at.Port }, _bench.Clock).ProbeAsync(
            ProbeBench.Host,
            ProbeBench.Host,
            at.Address,
            ProbeBench.Plenty(),
            _bench.Token
        );
}
