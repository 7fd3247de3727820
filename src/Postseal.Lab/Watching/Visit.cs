using System.Net;
using Postseal.Lab.Smtp;

namespace Postseal.Lab.Watching;

/// <summary>One peer at one address of the lab, and what it is seen to do there. Where several servers stand at the address, what it does before it
/// says which of them it means is told as soon as it has. Used by one thread at a time.</summary>
internal sealed class Visit
{
    // A sensible client does some six things before it names a recipient; one that greets for ever shows nothing new.
    private const int MostHeld = 20;

    private readonly Watch _watch;
    private readonly IPAddress? _client;
    private readonly List<string> _hosts;
    private readonly List<Func<string, Observation>> _held = [];
    private readonly int _mostHeld;

    private Visit(Watch watch, IPAddress? client, List<string> hosts, int mostHeld) =>
        (_watch, _client, _hosts, _mostHeld) = (watch, client, hosts, mostHeld);

    /// <summary>At a server that is alone at its address.</summary>
    /// <param name="client">The peer's address; null where it is not known.</param>
    /// <param name="host">The server's name.</param>
    public static Visit At(Watch watch, IPAddress? client, string host) => new(watch, client, [host], mostHeld: 0);

    /// <summary>At an address of several servers.</summary>
    public static Visit AtOneOfMany(Watch watch, IPAddress? client) => new(watch, client, [], MostHeld);

    /// <summary>The peer means this server, too: what it did so far was about it.</summary>
    public void Means(string host)
    {
        if (_hosts.Contains(host))
            return;

        _hosts.Add(host);
        foreach (var seen in _held)
            _watch.Tell(() => seen(host));
    }

    /// <summary>It is over. If the peer never said whom it means, what it did was about this one.</summary>
    public void MeantNobody(string host)
    {
        if (_hosts.Count == 0)
            Means(host);
    }

    /// <summary>See <see cref="Observation.Connected"/>.</summary>
    public void Connected() => Tell((at, host) => new Observation.Connected(at, _client, host));

    /// <summary>See <see cref="Observation.Greeted"/>.</summary>
    public void Greeted(string name, bool overTls) =>
        Tell((at, host) => new Observation.Greeted(at, _client, host, name, overTls));

    /// <summary>See <see cref="Observation.Secured"/>.</summary>
    public void Secured(string? sni, string protocol, string? cipher) =>
        Tell((at, host) => new Observation.Secured(at, _client, host, sni, protocol, cipher));

    /// <summary>See <see cref="Observation.HandshakeFailed"/>. The innermost exception holds the alert.</summary>
    public void HandshakeFailed(Exception cause) => HandshakeFailed(cause.GetBaseException().Message);

    /// <summary>See <see cref="Observation.HandshakeFailed"/>.</summary>
    public void HandshakeFailed(string reason) => Tell((at, host) => new Observation.HandshakeFailed(at, _client, host, reason));

    /// <summary>See <see cref="Observation.Fetched"/>.</summary>
    public void Fetched(string path, string? userAgent, int status) =>
        Tell((at, host) => new Observation.Fetched(at, _client, host, path, userAgent, status));

    /// <summary>See <see cref="Observation.Reported"/>.</summary>
    public void Reported(string contentType, long length, ReportSubject? about) =>
        Tell(
            (at, host) =>
                new Observation.Reported(at, _client, host, contentType, length)
                {
                    Domain = about?.Domain,
                    Period = about?.Period,
                }
        );

    /// <summary>See <see cref="Observation.Addressed"/>.</summary>
    public void Addressed(string host, string recipient, bool overTls, bool accepted)
    {
        Means(host);
        var at = _watch.Now;
        _watch.Tell(() => new Observation.Addressed(at, _client, host, recipient, overTls, accepted));
    }

    /// <summary>See <see cref="Observation.Delivered"/>.</summary>
    public void Delivered(string host, string sender, string recipient, bool overTls, HeaderReader header)
    {
        var at = _watch.Now;
        _watch.Tell(() =>
            new Observation.Delivered(at, _client, host, recipient, overTls)
            {
                Sender = sender,
                TlsRequired = header.TlsRequired,
                ReportDomain = header.ReportDomain,
                ReportSubmitter = header.ReportSubmitter,
                Period = header.ReportPeriod,
            }
        );
    }

    /// <summary>See <see cref="Observation.Left"/>.</summary>
    public void Left() => Tell((at, host) => new Observation.Left(at, _client, host));

    private void Tell(Func<DateTimeOffset, string, Observation> seen)
    {
        var at = _watch.Now;
        foreach (var host in _hosts)
            _watch.Tell(() => seen(at, host));

        if (_held.Count < _mostHeld)
            _held.Add(host => seen(at, host));
    }
}
