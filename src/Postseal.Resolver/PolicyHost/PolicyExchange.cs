using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using Postseal.Outbound;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;

namespace Postseal.Resolver.PolicyHost;

/// <summary>The HTTP side of a fetch over a connection whose certificate has been accepted (RFC 8461 §3.3).</summary>
internal sealed class PolicyExchange(DomainName host, int port, SslStream tls, TimeProvider clock)
{
    /// <summary>Bytes of a policy (RFC 8461 §3.3 suggests 64 kilobytes).</summary>
    public const int MaxBodyBytes = 65536;

    // What policies have; a hundred look-ups at a time must not take the largest size each.
    private const int UsualBodyBytes = 1024;

    // Kilobytes of headers, as the handler counts; a policy host needs less than one.
    private const int MaxHeaderKilobytes = 32;

    // What is looked at of a page that is no policy, to recognise a bot check.
    private const int PagePeekBytes = 8192;
    private static readonly TimeSpan PagePatience = TimeSpan.FromSeconds(3);

    private static readonly string UserAgent = $"postseal/{typeof(PolicyExchange).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>Status line and headers; null until they came.</summary>
    public HttpResponseFacts? Response { get; private set; }

    /// <summary>Sends the GET and reads the answer.</summary>
    public async Task<FetchOutcome> GetAsync(CancellationToken ct)
    {
        if (Address(host, port) is not { } address)
            return new FetchOutcome.Failed(
                FetchFailure.HttpProtocol,
                $"No policy can be asked for at {host}: the name cannot stand in an address of the web.",
                Ours: true
            );

        using var client = new HttpMessageInvoker(Handler());
        try
        {
            using var request = Request(address);
            using var response = await client.SendAsync(request, ct);
            Response = HttpFacts.Of(response);
            if (Refusal(response, Response) is not { } refusal)
                return await BodyAsync(response, ct);

            Response = Response with { LooksLikeChallenge = ChallengePage.IsOne(response, await PeekAsync(response, ct)) };
            return refusal;
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException
                && (e as TooMuchReceivedException ?? e.InnerException) is TooMuchReceivedException
            )
        {
            return Failed(
                FetchFailure.Size,
                "The policy host sends far more than the policy needs, and was not listened to any further."
            );
        }
        catch (HttpRequestException e)
        {
            return Failed(FetchFailure.HttpProtocol, Explain(e.HttpRequestError));
        }
        catch (IOException e)
        {
            return Failed(FetchFailure.HttpProtocol, Explain((e as HttpIOException)?.HttpRequestError));
        }
    }

    /// <summary>Where the policy is; null where the platform has no address for such a name (one of underscores, say), or one that means another host.
    /// No certificate of a public authority stands for the former, and no mail domain is written so (RFC 5321 §4.1.2).</summary>
    internal static Uri? Address(DomainName host, int port) =>
        Uri.TryCreate(
            string.Create(CultureInfo.InvariantCulture, $"https://{host}:{port}{StsPolicy.Path}"),
            UriKind.Absolute,
            out var uri
        )
        && uri.IdnHost == host.Value
            ? uri
            : null;

    private SocketsHttpHandler Handler()
    {
        SslStream? connection = tls;
        return new()
        {
            AllowAutoRedirect = false, // RFC 8461 §3.3: redirects MUST NOT be followed
            UseCookies = false,
            UseProxy = false, // RFC 8461 §3.3: no HTTP caching, so no caching proxy either
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            MaxResponseDrainSize = 0,
            ActivityHeadersPropagator = null,
            // The connection whose certificate was judged, and no second one.
            ConnectCallback = (_, _) =>
                Interlocked.Exchange(ref connection, null) is { } stream
                    ? ValueTask.FromResult<Stream>(stream)
                    : ValueTask.FromException<Stream>(new IOException("One fetch uses one connection.")),
        };
    }

    private HttpRequestMessage Request(Uri address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address)
        {
            // What ALPN agreed on, exactly: a handler that may choose can ask for a second connection on its way down to HTTP/1.1.
            Version =
                tls.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/plain"));
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        return request;
    }

    // Null when the body is to be read: status 200, text/plain, no coding, no announced excess.
    private static FetchOutcome.Failed? Refusal(HttpResponseMessage response, HttpResponseFacts facts)
    {
        if (facts.Status is >= 300 and < 400)
            return Failed(
                FetchFailure.Redirect,
                $"The policy host redirects (status {facts.Status}) to {facts.Location ?? "nowhere"}; senders do not follow."
            );

        if (facts.Status != (int)HttpStatusCode.OK)
            return Failed(FetchFailure.HttpStatus, $"The policy host answers with status {facts.Status}.");

        var coding = HttpFacts.Header(response.Content.Headers, "Content-Encoding");
        if (coding is not null && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return Failed(
                FetchFailure.ContentCoding,
                $"The policy is sent with content coding {coding}, which no sender asks for."
            );

        // Parameters such as charset have no effect (RFC 8461 §3.2).
        var type = facts.ContentType?.Split(';')[0].Trim();
        if (!string.Equals(type, "text/plain", StringComparison.OrdinalIgnoreCase))
            return Failed(
                FetchFailure.MediaType,
                $"The policy is served as {type ?? "no media type at all"} instead of text/plain."
            );

        return response.Content.Headers.ContentLength > MaxBodyBytes
            ? Failed(
                FetchFailure.Size,
                $"The policy is announced with {response.Content.Headers.ContentLength} bytes; senders take {MaxBodyBytes}."
            )
            : null;
    }

    private static async Task<FetchOutcome> BodyAsync(HttpResponseMessage response, CancellationToken ct)
    {
        // One byte more than allowed tells the largest policy from one that is larger, and one more than announced finds the end without growing.
        var buffer = new byte[(int)Math.Min(response.Content.Headers.ContentLength ?? UsualBodyBytes, MaxBodyBytes) + 1];
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var length = 0;
        while (true)
        {
            length += await stream.ReadAtLeastAsync(
                buffer.AsMemory(length),
                buffer.Length - length,
                throwOnEndOfStream: false,
                ct
            );
            if (length < buffer.Length)
                return new FetchOutcome.Body(buffer.AsMemory(0, length));

            if (length > MaxBodyBytes)
                return Failed(FetchFailure.Size, $"The policy is larger than the {MaxBodyBytes} bytes senders take.");

            Array.Resize(ref buffer, Math.Min(2 * buffer.Length, MaxBodyBytes + 1));
        }
    }

    private async Task<ReadOnlyMemory<byte>> PeekAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if (!ChallengePage.IsWorthReading(response))
            return default;

        using var patience = new CancellationTokenSource(PagePatience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            var buffer = new byte[PagePeekBytes];
            await using var stream = await response.Content.ReadAsStreamAsync(either.Token);
            return buffer.AsMemory(
                0,
                await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, either.Token)
            );
        }
        // The status has decided already; the page is a mere hint.
        catch (Exception e) when (e is IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return default;
        }
    }

    private static string Explain(HttpRequestError? error) =>
        error switch
        {
            HttpRequestError.ConfigurationLimitExceeded =>
                $"The policy host sends more than {MaxHeaderKilobytes} kilobytes of headers.",
            HttpRequestError.InvalidResponse => "The policy host's answer is not HTTP.",
            HttpRequestError.ResponseEnded => "The policy host closed the connection before its answer was complete.",
            _ => "The policy host broke the HTTP protocol.",
        };

    private static FetchOutcome.Failed Failed(FetchFailure failure, string detail) => new(failure, detail, Ours: false);
}
