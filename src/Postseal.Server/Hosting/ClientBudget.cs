using System.Diagnostics.CodeAnalysis;
using Postseal.Resolver.Concurrency;
using Postseal.Server.Configuration;

namespace Postseal.Server.Hosting;

/// <summary>What each client, the network around it, and all of them together, may still do. The limiters of the framework keep one object per source address and know no
/// bound on their number; here a flood of addresses takes a few megabytes, and nothing more.</summary>
public sealed class ClientBudget(WebSettings web, TimeProvider clock)
{
    // Two generations of so many clients and networks, some 120 bytes each: 16 MB. Whoever has more addresses than that has as many budgets anyway, and
    // what is scarce, the checks, has a limit for all.
    private const int Clients = 65_536;

    private readonly Lock _gate = new();
    private readonly (TokenBucket OfClient, TokenBucket OfNetwork) _requests = Both(web.RequestsPerMinute, clock);
    private readonly (TokenBucket OfClient, TokenBucket OfNetwork) _checks = Both(web.ChecksPerMinute, clock);
    private readonly (TokenBucket OfClient, TokenBucket OfNetwork) _work = Both(WorkPerMinute, clock);
    private readonly TokenBucket _allChecks = new(web.ChecksPerMinuteTotal, clock);
    private readonly Generations<ClientKey, State> _clients = new(Clients);
    private readonly Seats _held = new(AtATime);
    private readonly Seats _requestsHeld = new(RequestsAtATime);
    private long _allChecksFullAt;

    // A slow policy host holds a check for a minute and a half: one client with a minute's budget must not hold every place with such.
    internal const int AtATime = 4;

    /// <summary>Requests that one client may have answered at a time: as many as it may have connections, where a proxy of ours has the connections.</summary>
    internal const int RequestsAtATime = PublicLimits.ConnectionsOfClient;

    /// <summary>Work that one client may cause in a minute, in bytes of text that is made for it anew (<see cref="PageWork"/>). Some 1.2 µs each, so that a loop takes
    /// five seconds of CPU a minute and no more; whoever reads has one page of 30 KB made, or ten, and not two hundred in a minute.</summary>
    internal const int WorkPerMinute = 4 * 1024 * 1024;

    /// <summary>Clients and networks remembered now.</summary>
    internal int Count => _clients.Count;

    /// <summary>Takes one check from the budget of the client, from that of its network and from that of all. To be asked only before a check is started: an answer from the
    /// shelf costs nothing.</summary>
    /// <param name="context">The request.</param>
    /// <param name="refusal">If refused: why.</param>
    public bool TryTake(HttpContext context, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = null;
        var key = KeyOf(context);
        lock (_gate)
        {
            var now = _allChecks.Now;
            var (own, network) = (Of(key), Of(key.Network));
            if (!_checks.OfClient.TryTake(ref own.Checks, now, out var retryAfter))
                refusal = new(Scarce.ChecksOfClient, retryAfter);
            else if (key.Network != key && !_checks.OfNetwork.TryTake(ref network.Checks, now, out retryAfter))
                refusal = new(Scarce.ChecksOfNetwork, retryAfter);
            else if (!_allChecks.TryTake(ref _allChecksFullAt, now, out retryAfter))
                refusal = new(Scarce.ChecksOfAll, retryAfter);
            else
                Put(key, own, network); // not before: a client does not pay for what all the others have used up

            return refusal is null;
        }
    }

    /// <summary>Lets the client have one more check running or waiting; false when it or its network has as many as one may.</summary>
    internal bool TryHold(ClientKey client) => _held.TryTake(client);

    /// <summary>A check of the client has ended.</summary>
    internal void Release(ClientKey client) => _held.Release(client);

    /// <summary>Takes one request from the budget of the client and of its network; false also when the work of its minute is used up.</summary>
    internal bool TryTakeRequest(HttpContext context, out TimeSpan retryAfter)
    {
        var key = KeyOf(context);
        lock (_gate)
        {
            var now = _allChecks.Now;
            var (own, network) = (Of(key), Of(key.Network));
            if (
                !_work.OfClient.Has(own.Work, now, out retryAfter)
                || !_work.OfNetwork.Has(network.Work, now, out retryAfter)
                || !_requests.OfClient.TryTake(ref own.Requests, now, out retryAfter)
                || (key.Network != key && !_requests.OfNetwork.TryTake(ref network.Requests, now, out retryAfter))
            )
                return false;

            Put(key, own, network);
            return true;
        }
    }

    /// <summary>Counts work that was done for a client.</summary>
    /// <param name="context">The request.</param>
    /// <param name="bytes">See <see cref="PageWork"/>.</param>
    internal void Charge(HttpContext context, long bytes)
    {
        var key = KeyOf(context);
        lock (_gate)
        {
            var now = _allChecks.Now;
            var (own, network) = (Of(key), Of(key.Network));
            _work.OfClient.Charge(ref own.Work, now, bytes);
            if (key.Network != key)
                _work.OfNetwork.Charge(ref network.Work, now, bytes);
            Put(key, own, network);
        }
    }

    /// <summary>Lets the client have one more request answered; false when it or its network has as many as one may.</summary>
    internal bool TryHoldRequest(HttpContext context) => _requestsHeld.TryTake(KeyOf(context));

    /// <summary>A request of the client has been answered.</summary>
    internal void ReleaseRequest(HttpContext context) => _requestsHeld.Release(KeyOf(context));

    private static (TokenBucket OfClient, TokenBucket OfNetwork) Both(int perMinute, TimeProvider clock) =>
        (new(perMinute, clock), new((int)Math.Min((long)perMinute * ClientKey.NetworkShare, int.MaxValue), clock));

    private static ClientKey KeyOf(HttpContext context) => ClientKey.Of(context.Connection.RemoteIpAddress);

    private State Of(ClientKey key) => _clients.TryGet(key, out var state) ? state : default;

    private void Put(ClientKey key, State own, State network)
    {
        _clients.Put(key, own);
        if (key.Network != key)
            _clients.Put(key.Network, network);
    }

    private record struct State
    {
        public long Requests;
        public long Checks;
        public long Work;
    }
}
