using System.Net;
using System.Net.Sockets;
using System.Text;
using ARSoft.Tools.Net.Dns;
using Postseal.Lab.Watching;
using Postseal.Protocol.MtaSts;
using Name = ARSoft.Tools.Net.DomainName;

namespace Postseal.Lab.Dns;

/// <summary>Answers like a validating resolver that knows nothing but the lab: CNAMEs followed in one answer, AD for signed zones, NXDOMAIN for all the rest of
/// the world. Or, where zones are delegated to it, for these with authority and for nothing else.</summary>
internal sealed class NameServer : IAsyncDisposable
{
    private const int SendMilliseconds = 5000; // a datagram is sent at once or not at all
    private const int MaxAliases = 16; // resolvers give up on a chain somewhere; RFC 1034 §3.6.2 names no number
    private const int NegativeTtl = 60;
    private const int PortAttempts = 20; // a free port can be taken between asking for it and binding it
    private const EDnsOptionType ExtendedError = (EDnsOptionType)15; // RFC 8914 §2

    /// <summary>Longer than any resolver waits for one answer, and not for ever: such questions must not pile up.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private static readonly byte[] DnssecBogus = [0, 6]; // RFC 8914 §4.7

    private readonly WorldStage _stage;
    private readonly RecordWriter _writer;
    private readonly Delegation? _delegation;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Latency _latency;
    private readonly Watch _watch;
    private readonly TcpTransport _tcp;
    private readonly UdpTransport[] _udp;
    private readonly DnsServer _server;

    private NameServer(WorldStage stage, RecordWriter writer, int port, Delegation? delegation, Latency latency, Watch watch)
    {
        (_stage, _writer, _delegation, _latency, _watch) = (stage, writer, delegation, latency, watch);
        var addresses = delegation?.Listen ?? [IPAddress.Loopback];
        EndPoint = new(addresses[0], port);
        _tcp = new(addresses, port, latency.Clock);
        _udp = [.. addresses.Select(a => new UdpTransport(new IPEndPoint(a, port), SendMilliseconds))];
        _server = new([_tcp, .. _udp]);
        _server.QueryReceived += (_, question) => AnswerAsync(question, _stopping.Token);
    }

    /// <summary>UDP and TCP; the first of several.</summary>
    public IPEndPoint EndPoint { get; }

    /// <param name="port">0 takes any port that is free for both UDP and TCP.</param>
    /// <param name="delegation">Null: a resolver on loopback.</param>
    public static async Task<NameServer> StartAsync(
        WorldStage stage,
        RecordWriter writer,
        int port,
        Delegation? delegation,
        Latency latency,
        Watch watch,
        CancellationToken ct
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            ct.ThrowIfCancellationRequested();
            NameServer? server = null;
            try
            {
                server = new(stage, writer, port == 0 ? FreePort() : port, delegation, latency, watch);
                server._server.Start();
                return server;
            }
            catch (SocketException)
            {
                if (server is not null)
                    await server.DisposeAsync();
                if (port != 0 || attempt == PortAttempts)
                    throw;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _tcp.DisposeAsync();
        try
        {
            _server.Stop();
        }
        catch (AggregateException e) when (e.InnerExceptions.All(x => x is OperationCanceledException))
        {
            // Stopped before its listeners had begun to listen.
        }
        foreach (var transport in _udp)
            transport.Dispose();
        _stopping.Dispose();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private async Task AnswerAsync(QueryReceivedEventArgs received, CancellationToken ct)
    {
        if (received.Query is not DnsMessage { Questions: [var question, ..] } query)
            return;

        Tell(question, received.RemoteEndpoint?.Address);
        var response = query.CreateResponseInstance();
        response.IsRecursionAllowed = _delegation is null;
        response.IsAuthoritiveAnswer = _delegation is not null;
        // RFC 6840 §5.7: the AD bit of a query, like DO, asks for the AD bit of the answer.
        var wantsAd = query.IsAuthenticData || query.IsDnsSecOk;
        var fault = Resolve(question, response, out var secure);
        response.IsAuthenticData = _delegation is null && wantsAd && secure && fault is null;
        if (fault == DnsFault.Silent)
            await Task.Delay(Silence, TimeProvider.System, ct);
        if (fault is { } kind)
            Spoil(response, kind);

        await _latency.PassAsync(ct);
        received.Response = response;
    }

    // Of the record itself; where an alias leads to it, it is another domain's business.
    private string? PolicyId(DnsQuestion question) =>
        question.RecordType == RecordType.Txt
        && _stage.Now.Zones.Find(NameText.Of(question.Name)) is { Fault: null } node
        && StsRecordSelection.From(node.Records.OfType<ZoneRecord.Txt>().Select(Text))
            is StsRecordSelection.Valid { Record.Id: var id }
            ? id
            : null;

    private static string Text(ZoneRecord.Txt record) =>
        string.Concat(record.Strings.Select(s => Encoding.Latin1.GetString(s.Span)));

    private void Tell(DnsQuestion question, IPAddress? client) =>
        _watch.Tell(() =>
            new Observation.Asked(
                _watch.Now,
                client,
                NameText.Of(question.Name),
                question.RecordType.ToString().ToUpperInvariant()
            )
            {
                PolicyId = PolicyId(question),
            }
        );

    private DnsFault? Resolve(DnsQuestion question, DnsMessage response, out bool secure)
    {
        var world = _stage.Now; // one for the whole answer
        var zones = world.Zones;
        secure = true;
        var name = NameText.Of(question.Name);
        if (_delegation is not null && (zones.ZoneOf(name) is not { } own || own.EndsWith(".arpa", StringComparison.Ordinal)))
            return DnsFault.Refused;

        for (var links = 0; links <= MaxAliases; links++)
        {
            secure &= zones.IsSigned(name);
            if (zones.Find(name) is not { } node)
            {
                response.ReturnCode = ReturnCode.NxDomain;
                Deny(response, name, zones);
                return null;
            }
            if (node.Fault is { } fault)
                return fault;

            var alias = node.Records.OfType<ZoneRecord.Cname>().FirstOrDefault();
            if (alias is null || question.RecordType == RecordType.CName)
            {
                var found = node
                    .Records.Select(r => _writer.Write(r, world))
                    .Where(r => r.RecordType == question.RecordType)
                    .Concat(OfApex(name, question.RecordType, zones))
                    .ToArray();
                response.AnswerRecords.AddRange(found);
                if (found.Length == 0)
                    Deny(response, name, zones);
                return null;
            }
            response.AnswerRecords.Add(_writer.Write(alias, world));
            name = alias.Target;
        }
        return DnsFault.ServFail;
    }

    private void Deny(DnsMessage response, string name, ZoneData zones)
    {
        if (zones.ZoneOf(name) is { } apex)
            response.AuthorityRecords.Add(Soa(apex));
    }

    // Only who asks a name server, and not a resolver, wants to see these.
    private DnsRecordBase[] OfApex(string name, RecordType type, ZoneData zones) =>
        (type, zones.ZoneOf(name) == name) switch
        {
            (RecordType.Soa, true) => [Soa(name)],
            (RecordType.Ns, true) => [new NsRecord(Name.Parse(name), NegativeTtl, Name.Parse(Host))],
            _ => [],
        };

    private SoaRecord Soa(string apex) =>
        new(
            Name.Parse(apex),
            NegativeTtl,
            Name.Parse(Host),
            Name.Parse($"hostmaster.{Host}"),
            Serial,
            3600,
            600,
            86400,
            NegativeTtl
        );

    // Records change while the server runs; a time never goes back (RFC 1982).
    private uint Serial => unchecked((uint)_latency.Clock.GetUtcNow().ToUnixTimeSeconds());

    private string Host => _delegation?.Host ?? "ns.lab.test";

    private static void Spoil(DnsMessage response, DnsFault fault)
    {
        response.AnswerRecords.Clear();
        response.AuthorityRecords.Clear();
        response.ReturnCode = fault == DnsFault.Refused ? ReturnCode.Refused : ReturnCode.ServerFailure;
        if (fault == DnsFault.Bogus && response.EDnsOptions is { } options)
            options.Options.Add(new UnknownOption(ExtendedError, DnssecBogus));
    }
}
