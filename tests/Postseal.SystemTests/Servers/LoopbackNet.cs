using System.Net;
using System.Net.Sockets;

namespace Postseal.SystemTests.Servers;

/// <summary>The addresses of one run: a /24 of 127/8 chosen by process id, so that two runs on one machine do not meet.</summary>
public sealed class LoopbackNet
{
    /// <summary>Port of the resolver. Like the others it needs no privilege, has no common owner and lies below those the kernel hands out.</summary>
    public const int DnsPort = 20053;

    /// <summary>Port of every policy host.</summary>
    public const int HttpsPort = 20443;

    /// <summary>Port of every MX host.</summary>
    public const int SmtpPort = 20025;

    private readonly byte _second = (byte)(64 + (Environment.ProcessId / 256 % 128));
    private readonly byte _third = (byte)(Environment.ProcessId % 256);
    private byte _last;

    /// <summary>Picks the addresses.</summary>
    public LoopbackNet() => (Resolver, NameServer) = (new(Next(), DnsPort), FreePort());

    /// <summary>Where unbound answers the program under test.</summary>
    public IPEndPoint Resolver { get; }

    /// <summary>Where bind9 answers unbound: it listens only on addresses that an interface is configured with, so the port is what differs.</summary>
    public IPEndPoint NameServer { get; }

    /// <summary>The zone of the PTR records.</summary>
    public string ReverseZone => $"{_third}.{_second}.127.in-addr.arpa";

    /// <summary>An address nobody else has; 254 at most.</summary>
    public IPAddress Next() => new([127, _second, _third, checked(++_last)]);

    private static IPEndPoint FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }
}
