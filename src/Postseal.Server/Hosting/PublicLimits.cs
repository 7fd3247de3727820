using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Postseal.Lab.Connections;

namespace Postseal.Server.Hosting;

/// <summary>What one connection to the public site may cost. What is beyond ends with 400, 408, 413, 414 or 431 before it costs more.</summary>
internal static class PublicLimits
{
    // A check's path is a domain of at most 253 characters; links from elsewhere add a query.
    private const int RequestLineBytes = 8 * 1024;

    // Browsers send 1 to 2 KB, proxies add some; a cookie of another service on the same name can be 4 KB.
    private const int HeaderBytes = 16 * 1024;
    private const int HeaderCount = 64;

    /// <summary>The largest body anybody may send: a policy of 64 KB (RFC 8461 §3.3), and one byte that shows that it is longer.</summary>
    public const int BodyBytes = (64 * 1024) + 1;

    /// <summary>Connections of one client: sixteen people behind one address, with the six that a browser opens, and their live pages. Who keeps more open than that wants them all.</summary>
    public const int ConnectionsOfClient = 100;

    // Each takes a file descriptor and some 10 KB; our unit allows 65,536 descriptors.
    private const int Connections = 10_000;

    // Those that are ended for others are closed in a moment, and until then there are more than there may be.
    private const int ConnectionsThatEnd = 200;

    /// <summary>How many connections there may be at a time.</summary>
    public static readonly CrowdLimits Crowd = new(
        Connections,
        ConnectionsOfClient,
        ConnectionsOfClient * ClientKey.NetworkShare
    );

    // The kernel lets what a peer does not read grow to megabytes per connection, outside of every limit here. Two pages of a check, and as much
    // as a distant reader (200 ms) needs for 300 KB a second; the kernel takes twice that for its own accounts.
    private const int SendBufferBytes = 64 * 1024;

    // nginx sends headers at once; a client without proxy has this long for them.
    private static readonly TimeSpan HeadersTime = TimeSpan.FromSeconds(10);

    // Longer than the 60 s that nginx keeps a connection to us: the proxy, not we, closes first, so no request meets a closed door.
    private static readonly TimeSpan KeepAliveTime = TimeSpan.FromSeconds(75);

    // A page of 25 KB in half a minute, which the worst mobile network exceeds; the framework's 240 bytes a second would let a peer that reads
    // nothing hold a connection and its buffers four times as long. What the kernel took counts as read, so that it is some minutes anyway.
    private static readonly MinDataRate ReadingRate = new(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(10));

    /// <summary>Puts those of the sockets in force: what is accepted inherits from what listens.</summary>
    public static void ApplyTo(SocketTransportOptions options) =>
        options.CreateBoundListenSocket = endpoint =>
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.SendBufferSize = SendBufferBytes;
            return socket;
        };

    /// <summary>Puts them in force.</summary>
    public static void ApplyTo(KestrelServerOptions options, PublicCrowd crowd)
    {
        options.AddServerHeader = false;
        options.AllowSynchronousIO = false;
        options.Limits.MaxRequestLineSize = RequestLineBytes;
        options.Limits.MaxRequestHeadersTotalSize = HeaderBytes;
        options.Limits.MaxRequestHeaderCount = HeaderCount;
        options.Limits.MaxRequestBodySize = BodyBytes;
        options.Limits.MaxConcurrentConnections = Connections + ConnectionsThatEnd;
        options.Limits.MaxConcurrentUpgradedConnections = 0; // no web sockets
        options.Limits.RequestHeadersTimeout = HeadersTime;
        options.Limits.KeepAliveTimeout = KeepAliveTime;
        options.Limits.MinResponseDataRate = ReadingRate;
        options.ConfigureEndpointDefaults(endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http1; // no TLS here, so no choice by ALPN
            crowd.ApplyTo(endpoint);
        });
    }
}
