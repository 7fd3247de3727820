using System.Net;
using System.Net.Sockets;

namespace Postseal.SystemTests.Servers;

/// <summary>The ports of a test Internet.</summary>
/// <param name="Dns">Of the resolver.</param>
/// <param name="Https">Of every policy host.</param>
/// <param name="Smtp">Of every MX host.</param>
public sealed record Ports(int Dns, int Https, int Smtp)
{
    /// <summary>On the machine's own loopback: they need no privilege, have no common owner and lie below those the kernel hands out.</summary>
    public static Ports Shared { get; } = new(20053, 20443, 20025);

    /// <summary>In a network of its own: those a sender knows.</summary>
    public static Ports WellKnown { get; } = new(53, 443, 25);
}

/// <summary>The addresses of one run: a /24 of 127/8 chosen by process id, so that two runs on one machine do not meet.</summary>
public sealed class LoopbackNet
{
    private readonly byte _second = (byte)(64 + (Environment.ProcessId / 256 % 128));
    private readonly byte _third = (byte)(Environment.ProcessId % 256);
    private byte _last;

    /// <summary>Picks the addresses.</summary>
    /// <param name="ports">The ports of the servers.</param>
    /// <param name="inside">The network the servers live in; null for the machine's own.</param>
    public LoopbackNet(Ports ports, PrivateNetwork? inside = null)
    {
        (Ports, Inside) = (ports, inside);
        (Resolver, NameServer) = (new(Next(), ports.Dns), FreePort());
    }

    /// <summary>The ports of the servers.</summary>
    public Ports Ports { get; }

    /// <summary>The network the servers live in; null for the machine's own.</summary>
    public PrivateNetwork? Inside { get; }

    /// <summary>Where unbound answers the program under test.</summary>
    public IPEndPoint Resolver { get; }

    /// <summary>Where bind9 answers unbound: it listens only on addresses that an interface is configured with, so the port is what differs.</summary>
    public IPEndPoint NameServer { get; }

    /// <summary>The zone of the PTR records.</summary>
    public string ReverseZone => $"{_third}.{_second}.127.in-addr.arpa";

    /// <summary>An address nobody else has; 254 at most.</summary>
    public IPAddress Next() => new([127, _second, _third, checked(++_last)]);

    /// <summary>Starts a server in this network.</summary>
    public ServerProcess Start(string name, string program, params string[] arguments) =>
        ServerProcess.Start(Inside, name, program, arguments);

    private static IPEndPoint FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }
}
