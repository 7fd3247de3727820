using System.Diagnostics.CodeAnalysis;
using Postseal.Resolver.Concurrency;
using Postseal.Server.Configuration;

namespace Postseal.Server.Hosting;

/// <summary>What each client, and all of them together, may still do. The limiters of the framework keep one object per source address and know no
/// bound on their number; here a flood of addresses takes a few megabytes, and nothing more.</summary>
public sealed class ClientBudget(WebSettings web, TimeProvider clock)
{
    // Two generations of so many clients, some 100 bytes each: 13 MB. Whoever has more addresses than that has as many budgets anyway, and
    // what is scarce, the checks, has a limit for all.
    private const int Clients = 65_536;

    private readonly Lock _gate = new();
    private readonly TokenBucket _requests = new(web.RequestsPerMinute, clock);
    private readonly TokenBucket _checks = new(web.ChecksPerMinute, clock);
    private readonly TokenBucket _allChecks = new(web.ChecksPerMinuteTotal, clock);
    private readonly Generations<ClientKey, (long Requests, long Checks)> _clients = new(Clients);
    private readonly Seats<ClientKey> _held = new(AtATime);
    private long _allChecksFullAt;

    // A slow policy host holds a check for a minute and a half: one client with a minute's budget must not hold every place with such.
    internal const int AtATime = 4;

    /// <summary>Clients remembered now.</summary>
    internal int Count => _clients.Count;

    /// <summary>Takes one check from the budget of the client and from that of all. To be asked only before a check is started: an answer from the
    /// shelf costs nothing.</summary>
    /// <param name="context">The request.</param>
    /// <param name="refusal">If refused: why.</param>
    public bool TryTake(HttpContext context, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = null;
        var key = ClientKey.Of(context.Connection.RemoteIpAddress);
        lock (_gate)
        {
            var now = _checks.Now;
            _clients.TryGet(key, out var state);
            if (!_checks.TryTake(ref state.Checks, now, out var retryAfter))
                refusal = new(Scarce.ChecksOfClient, retryAfter);
            else if (!_allChecks.TryTake(ref _allChecksFullAt, now, out retryAfter))
                refusal = new(Scarce.ChecksOfAll, retryAfter);
            else
                _clients.Put(key, state); // not before: a client does not pay for what all the others have used up

            return refusal is null;
        }
    }

    /// <summary>Lets the client have one more check running or waiting; false when it has as many as one may.</summary>
    internal bool TryHold(ClientKey client) => _held.TryTake(client);

    /// <summary>A check of the client has ended.</summary>
    internal void Release(ClientKey client) => _held.Release(client);

    /// <summary>Takes one request from the budget of the client.</summary>
    internal bool TryTakeRequest(HttpContext context, out TimeSpan retryAfter)
    {
        var key = ClientKey.Of(context.Connection.RemoteIpAddress);
        lock (_gate)
        {
            _clients.TryGet(key, out var state);
            if (!_requests.TryTake(ref state.Requests, _requests.Now, out retryAfter))
                return false;

            _clients.Put(key, state);
            return true;
        }
    }
}
