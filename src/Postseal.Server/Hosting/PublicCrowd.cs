using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Postseal.Lab.Connections;
using Postseal.Server.Configuration;

namespace Postseal.Server.Hosting;

/// <summary>The connections of the public listener: so many of a client and of the network around it and no more, be they idle, slow or busy. A client that opens one too many
/// loses the one that was idle the longest. Those of a trusted proxy are nobody's: there each request counts for whom it is for (<see cref="ClientBudget"/>).</summary>
internal sealed class PublicCrowd(WebSettings web, CrowdLimits limits)
{
    private readonly Crowd _crowd = new(limits);

    /// <summary>Connections now.</summary>
    public int Count => _crowd.Count;

    /// <summary>Has every connection of a listener counted.</summary>
    public void ApplyTo(ListenOptions endpoint) =>
        endpoint.Use(next => connection => ServeAsync(connection, next, connection.ConnectionClosed));

    /// <summary>A request is answered: its connection is not idle as long as that takes. Sending a request slowly is idling.</summary>
    public async Task AnswerAsync(HttpContext context, RequestDelegate next, CancellationToken ct)
    {
        _ = ct;
        if (context.Features.Get<Guest>() is not { } guest)
        {
            await next(context);
            return;
        }

        _crowd.Begin(guest);
        try
        {
            await next(context);
        }
        finally
        {
            _crowd.End(guest);
        }
    }

    private async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next, CancellationToken ct)
    {
        _ = ct;
        var guest = new Guest(connection);
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        if (!(IsProxy(address) ? _crowd.EnterTrusted(guest) : _crowd.Enter(address, guest)))
        {
            connection.Abort();
            return;
        }

        try
        {
            connection.Features.Set(guest);
            await next(connection);
        }
        finally
        {
            _crowd.Leave(guest);
        }
    }

    private bool IsProxy(IPAddress? address)
    {
        if (address is null)
            return true; // a UNIX socket: whoever may open it is in front of us by the will of the operator

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return web.TrustedProxies.Any(n => n.Contains(plain));
    }

    private sealed class Guest(ConnectionContext connection) : CrowdMember
    {
        // By a thread of the pool: what ends with the connection must not run under the lock of the crowd.
        public override void Evict() =>
            ThreadPool.UnsafeQueueUserWorkItem(
                static c => c.Abort(new("another connection needs its place")),
                connection,
                preferLocal: false
            );
    }
}
