using System.Net.Http.Headers;
using Postseal.Lab.Connections;
using Postseal.Lab.Watching;

namespace Postseal.Lab.Https;

/// <summary>Takes one TLS report by POST (RFC 8460 §5.4): it is counted, told with what it is about, and dropped. The connection ends with the answer, so that
/// nothing behind a body, or in place of one, is taken for the next request.</summary>
internal sealed class ReportIntake(Stream stream, Patience patience, Visit visit)
{
    private static readonly (string, string) Close = ("Connection", "close");

    private const int NotFound = 404;
    private const int MethodNotAllowed = 405;
    private const int UnsupportedMediaType = 415;

    // RFC 8460 §6.4 and §6.5.
    private static readonly string[] MediaTypes = ["application/tlsrpt+gzip", "application/tlsrpt+json"];

    /// <summary>Whether a request is for here and not for the policy.</summary>
    public static bool Concerns(PolicySite site, string[] request) =>
        IsPost(request) || site.ReportPath is { } path && path == PathOf(request);

    /// <summary>The answer; null when the client is gone.</summary>
    /// <param name="request">Request line and headers.</param>
    /// <param name="begun">What has been read behind them.</param>
    public async Task<PolicySite?> AnswerAsync(
        PolicySite site,
        string[] request,
        ReadOnlyMemory<byte> begun,
        CancellationToken ct
    )
    {
        if (await StatusAsync(site, request, begun, ct) is not { } body)
            return null;

        if (body.Status == RequestBody.Complete)
            visit.Reported(TypeOf(request)!, body.Length, body.About);
        else
            visit.Fetched(PathOf(request) ?? "", RequestBody.Header(request, "User-Agent").FirstOrDefault(), body.Status);
        return new(site.Host, site.Address)
        {
            Status = body.Status,
            Headers = body.Status == MethodNotAllowed ? [Close, ("Allow", "POST")] : [Close],
        };
    }

    private async Task<ReceivedBody?> StatusAsync(
        PolicySite site,
        string[] request,
        ReadOnlyMemory<byte> begun,
        CancellationToken ct
    )
    {
        var refusal = Refusal(site, request);
        if (refusal is { } early && (!IsPost(request) || RequestBody.Waits(request)))
            return new(early, 0);

        // A client that is still sending may not hear an answer, so the body is read to its end first.
        var received = new RequestBody(stream, patience, begun);
        var body = await received.ReceiveAsync(request, ct);
        if (body is null)
            return null;
        if (refusal is { } late)
            return body with { Status = late };
        if (body.Status != RequestBody.Complete)
            return body;

        var isPacked = TypeOf(request)!.Contains("gzip", StringComparison.OrdinalIgnoreCase);
        return body with { About = ReportReading.Of(received.Begin, isPacked) };
    }

    private static int? Refusal(PolicySite site, string[] request) =>
        !IsPost(request) ? MethodNotAllowed
        : PathOf(request) != site.ReportPath ? NotFound
        : !MediaTypeHeaderValue.TryParse(TypeOf(request), out var media) || !IsReport(media) ? UnsupportedMediaType
        : null;

    private static bool IsPost(string[] request) => request[0].StartsWith("POST ", StringComparison.Ordinal);

    private static string? TypeOf(string[] request) => RequestBody.Header(request, "Content-Type").FirstOrDefault();

    private static bool IsReport(MediaTypeHeaderValue media) =>
        MediaTypes.Contains(media.MediaType, StringComparer.OrdinalIgnoreCase);

    private static string? PathOf(string[] request) => request[0].Split(' ').ElementAtOrDefault(1);
}
