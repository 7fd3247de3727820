using System.Net;
using Postseal.Protocol;
using Postseal.Protocol.Tls;

namespace Postseal.Resolver.PolicyHost;

/// <summary>Everything seen while getting one domain's policy text.</summary>
/// <param name="Host">The policy host, <c>mta-sts.DOMAIN</c>; null when that name would be too long to exist.</param>
/// <param name="Aliases">CNAME targets passed while resolving the host, in order.</param>
/// <param name="Outcome">What a sender is left with.</param>
/// <param name="Attempts">One per address tried, in order; empty when the host has no usable address.</param>
/// <param name="Elapsed">From the first DNS question to the last byte.</param>
public sealed record PolicyFetch(
    DomainName? Host,
    IReadOnlyList<DomainName> Aliases,
    FetchOutcome Outcome,
    IReadOnlyList<FetchAttempt> Attempts,
    TimeSpan Elapsed
);

/// <summary>One HTTPS attempt at one address.</summary>
/// <param name="Address">Where the connection went.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Tls">TLS version, for example <c>TLSv1.3</c>; null when no handshake completed.</param>
/// <param name="Chain">The certificates presented and their problems; null when none were seen.</param>
/// <param name="Response">Status line and headers; null when no response came.</param>
/// <param name="Elapsed">Duration of this attempt.</param>
public sealed record FetchAttempt(
    IPAddress Address,
    FetchOutcome Outcome,
    string? Tls,
    PresentedChain? Chain,
    HttpResponseFacts? Response,
    TimeSpan Elapsed
);

/// <summary>The parts of an HTTP response that matter.</summary>
/// <param name="Status">The status code.</param>
/// <param name="ContentType">The Content-Type header as sent, or null.</param>
/// <param name="Location">The Location header of a redirect, or null. Never followed (RFC 8461 §3.3).</param>
/// <param name="Server">The Server header, or null.</param>
/// <param name="CacheControl">Cache-Control and Expires as sent, or null.</param>
/// <param name="Age">The Age header in seconds, or null: a shared cache answered.</param>
/// <param name="LooksLikeChallenge">The response bears the marks of a bot check (CDN challenge headers or page).</param>
public sealed record HttpResponseFacts(
    int Status,
    string? ContentType,
    string? Location,
    string? Server,
    string? CacheControl,
    long? Age,
    bool LooksLikeChallenge
);

/// <summary>A policy text, or the one reason why there is none.</summary>
public abstract record FetchOutcome
{
    private FetchOutcome() { }

    /// <summary>Status 200, <c>text/plain</c>, at most 65536 bytes. Not parsed yet.</summary>
    public sealed record Body(ReadOnlyMemory<byte> Bytes) : FetchOutcome;

    /// <summary>No policy text.</summary>
    /// <param name="Failure">The reason kept.</param>
    /// <param name="Detail">One plain sentence for people; may quote the peer, so escape it before printing.</param>
    /// <param name="Ours">True when our own deadline, network or address guard stopped us, so nothing is proven about the domain.</param>
    public sealed record Failed(FetchFailure Failure, string Detail, bool Ours) : FetchOutcome;
}

/// <summary>Why no policy text was had. Wire names: <see cref="FetchFailures.ToWire"/>.</summary>
public enum FetchFailure
{
    /// <summary><c>dns</c>: the policy host does not exist or has no address.</summary>
    DnsAbsent,

    /// <summary><c>dns-failure</c>: the look-up of the policy host failed; nothing is known.</summary>
    DnsFailed,

    /// <summary><c>address-refused</c>: only addresses that are not public (loopback, private …), refused without <c>--allow-private</c>.</summary>
    AddressRefused,

    /// <summary><c>tcp</c>: no address accepts a connection.</summary>
    Tcp,

    /// <summary><c>tls-version</c>: nothing newer than TLS 1.1 is offered.</summary>
    TlsVersion,

    /// <summary><c>tls-alert</c>: the server broke off the handshake with an alert that means it has no certificate for this name.</summary>
    TlsAlert,

    /// <summary><c>tls-handshake</c>: the handshake failed before a certificate was seen.</summary>
    TlsHandshake,

    /// <summary><c>tls-name</c>: no dNSName of the certificate matches the policy host.</summary>
    TlsName,

    /// <summary><c>tls-expired</c>: the certificate has expired (or is not valid yet).</summary>
    TlsExpired,

    /// <summary><c>tls-untrusted</c>: the chain is not trusted (unknown root, self-signed, incomplete, bad signature …).</summary>
    TlsUntrusted,

    /// <summary><c>http-status</c>: a status other than 200 and 3xx.</summary>
    HttpStatus,

    /// <summary><c>redirect</c>: a 3xx, never followed.</summary>
    Redirect,

    /// <summary><c>media-type</c>: not <c>text/plain</c>, or none given.</summary>
    MediaType,

    /// <summary><c>content-coding</c>: compressed although only identity was accepted.</summary>
    ContentCoding,

    /// <summary><c>size</c>: more than 65536 bytes.</summary>
    Size,

    /// <summary><c>timeout</c>: not complete within the time limit.</summary>
    Timeout,

    /// <summary><c>http-protocol</c>: the answer is not HTTP, or was cut short.</summary>
    HttpProtocol,
}

/// <summary>The wire names of <see cref="FetchFailure"/>.</summary>
public static class FetchFailures
{
    /// <summary>The text used in JSON and reports.</summary>
    public static string ToWire(this FetchFailure failure) =>
        failure switch
        {
            FetchFailure.DnsAbsent => "dns",
            FetchFailure.DnsFailed => "dns-failure",
            FetchFailure.AddressRefused => "address-refused",
            FetchFailure.Tcp => "tcp",
            FetchFailure.TlsVersion => "tls-version",
            FetchFailure.TlsAlert => "tls-alert",
            FetchFailure.TlsHandshake => "tls-handshake",
            FetchFailure.TlsName => "tls-name",
            FetchFailure.TlsExpired => "tls-expired",
            FetchFailure.TlsUntrusted => "tls-untrusted",
            FetchFailure.HttpStatus => "http-status",
            FetchFailure.Redirect => "redirect",
            FetchFailure.MediaType => "media-type",
            FetchFailure.ContentCoding => "content-coding",
            FetchFailure.Size => "size",
            FetchFailure.Timeout => "timeout",
            FetchFailure.HttpProtocol => "http-protocol",
            _ => throw new ArgumentOutOfRangeException(nameof(failure)),
        };
}
