using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Postseal.Lab.Certificates;
using Postseal.Lab.Connections;
using Postseal.Lab.Tls;
using Postseal.Lab.Watching;

namespace Postseal.Lab.Https;

/// <summary>Just enough of HTTP/1.1 (RFC 9112) to serve one file, well or badly.</summary>
internal sealed class PolicyServer(WorldStage stage, LabAuthority authority, Latency latency, Watch watch)
{
    private const int MaxRequestBytes = 16 * 1024; // a policy fetch takes a few hundred
    private const int MaxRequests = 100; // on one connection
    private static readonly TimeSpan DripInterval = TimeSpan.FromSeconds(1);

    // RFC 8461 §7.1: a client that asks for no host of ours gets no certificate of another one.
    private static readonly PolicySite Nobody = new("", IPAddress.None) { Tls = new() { Break = TlsBreak.UnrecognizedName } };

    private readonly ConcurrentDictionary<IPAddress, int> _fetches = new();

    /// <summary>Serves one connection.</summary>
    public async Task ServeAsync(Peer peer, Stream wire, CancellationToken ct)
    {
        peer.Patience.Renew();
        switch (stage.Now.SitesAt(peer.Server))
        {
            case []:
                return;
            case [var only]:
                await ServeAsync(peer, only, wire, ct);
                return;
            case var several:
                await using (var hello = await ClientHello.ReadAsync(wire, ct))
                    await ServeAsync(peer, several.FirstOrDefault(s => s.Host == hello.Sni) ?? Nobody, hello.Replayed, ct);
                return;
        }
    }

    private async Task ServeAsync(Peer peer, PolicySite site, Stream wire, CancellationToken ct)
    {
        var visit = Visit.At(watch, peer.Client, site.Host);
        await using var tls = await TlsServer.AcceptAsync(wire, site.Tls, site.Host, visit, authority, ct);
        if (tls is null)
            return;

        var stream = tls.Stream;
        var buffer = new byte[MaxRequestBytes];
        var held = 0;
        for (var served = 0; served < MaxRequests; served++)
        {
            peer.Patience.Renew();
            int end;
            while ((end = buffer.AsSpan(0, held).IndexOf("\r\n\r\n"u8)) < 0)
            {
                var count = await stream.ReadAsync(buffer.AsMemory(held), ct);
                if (count == 0)
                    return;
                held += count;
            }
            // Another domain may have come in meanwhile; the connection can stay.
            if (stage.Now.SitesAt(peer.Server).FirstOrDefault(s => s.Host == site.Host) is not { } now)
                return;

            var request = Encoding.Latin1.GetString(buffer, 0, end).Split("\r\n");
            if (ReportIntake.Concerns(now, request))
            {
                var intake = new ReportIntake(stream, peer.Patience, visit);
                if (await intake.AnswerAsync(now, request, buffer.AsMemory(end + 4, held - end - 4), ct) is { } taken)
                    await AnswerAsync(stream, now, taken, ct);
                return; // as that answer says
            }
            peer.Patience.Pause(); // some answers take their time on purpose
            await AnswerAsync(stream, now, Answer(now, request, visit), ct);
            if (request.Contains("Connection: close", StringComparer.OrdinalIgnoreCase))
                return;
            buffer.AsSpan(end + 4, held - end - 4).CopyTo(buffer);
            held -= end + 4;
        }
    }

    private async Task AnswerAsync(Stream stream, PolicySite site, PolicySite answer, CancellationToken ct)
    {
        await latency.PassAsync(ct);
        if (site.Pace == Pace.Hang)
            await Task.Delay(Timeout.InfiniteTimeSpan, latency.Clock, ct);

        await stream.WriteAsync(Head(answer), ct);
        if (answer.Pace == Pace.Drip)
            await DripAsync(stream, answer.Body, ct);
        else if (answer.AnnouncesSize)
            await stream.WriteAsync(answer.Body, ct);
        else
            await stream.WriteAsync(Chunked(answer.Body), ct);
    }

    private PolicySite Answer(PolicySite site, string[] request, Visit visit)
    {
        var words = request[0].Split(' ');
        var answer = words is ["GET", PolicySite.Path, _] ? Served(site) : NotFound(site);
        visit.Fetched(
            words.ElementAtOrDefault(1) ?? "",
            RequestBody.Header(request, "User-Agent").FirstOrDefault(),
            answer.Status
        );
        return answer;
    }

    private async Task DripAsync(Stream stream, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        for (var i = 0; i < body.Length; i++)
        {
            await stream.WriteAsync(body.Slice(i, 1), ct);
            await Task.Delay(DripInterval, latency.Clock, ct);
        }
    }

    private PolicySite Served(PolicySite site) =>
        site.BodyOfFetch is { } body ? site with { Body = body(_fetches.AddOrUpdate(site.Address, 1, (_, n) => n + 1)) } : site;

    private static PolicySite NotFound(PolicySite site) =>
        new(site.Host, site.Address) { Status = 404, Body = "There is no such page.\n"u8.ToArray() };

    private static byte[] Head(PolicySite answer)
    {
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} {Reason(answer.Status)}\r\n");
        foreach (var (name, value) in answer.Headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (answer.AnnouncesSize)
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {answer.Body.Length}\r\n");
        else
            head.Append("Transfer-Encoding: chunked\r\n");
        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }

    // RFC 9112 §4: a reason may be empty; these are the ones that are used.
    private static string Reason(int status) =>
        status switch
        {
            200 => "OK",
            201 => "Created",
            301 => "Moved Permanently",
            400 => "Bad Request",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            411 => "Length Required",
            413 => "Content Too Large",
            415 => "Unsupported Media Type",
            501 => "Not Implemented",
            _ => "",
        };

    private static byte[] Chunked(ReadOnlyMemory<byte> body)
    {
        var size = body.Length.ToString("x", CultureInfo.InvariantCulture);
        return [.. Encoding.ASCII.GetBytes($"{size}\r\n"), .. body.Span, .. "\r\n0\r\n\r\n"u8];
    }
}
