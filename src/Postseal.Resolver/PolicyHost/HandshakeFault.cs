using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Postseal.Resolver.PolicyHost;

/// <summary>Why a handshake failed before any certificate was seen, as far as OpenSSL's error text tells.</summary>
/// <param name="OpenSslReason">OpenSSL's reason code; null when the connection just ended.</param>
internal sealed partial record HandshakeFault(int? OpenSslReason)
{
    // OpenSSL reports a received alert as 1000 + its number (ssl.h, SSL_AD_REASON_OFFSET); numbers of RFC 8446 §6.
    private const int AlertOffset = 1000;
    private const int HandshakeFailure = 40;
    private const int AccessDenied = 49;
    private const int ProtocolVersion = 70;
    private const int InternalError = 80;
    private const int UnrecognizedName = 112;

    // SSL_R_UNSUPPORTED_PROTOCOL and SSL_R_WRONG_VERSION_NUMBER: a ServerHello below our floor, and bytes that are no TLS at all.
    private const int UnsupportedProtocol = 258;
    private const int WrongVersionNumber = 267;

    // The low 23 bits of a packed error are the reason (err.h, ERR_REASON_MASK).
    private const int ReasonMask = 0x7FFFFF;

    private int? Alert => OpenSslReason >= AlertOffset ? OpenSslReason - AlertOffset : null;

    private bool IsVersion => OpenSslReason == UnsupportedProtocol || Alert == ProtocolVersion;

    /// <summary>True where a server that knows only TLS 1.1 or older may be behind it; many say handshake_failure or just hang up.</summary>
    public bool MayBeOldServer => OpenSslReason != WrongVersionNumber && Alert != UnrecognizedName;

    /// <summary>Reads the error out of what SslStream throws.</summary>
    public static HandshakeFault From(Exception thrown)
    {
        for (var e = thrown; e is not null; e = e.InnerException)
        {
            if (ErrorCode().Match(e.Message) is { Success: true } match)
                return new(
                    int.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & ReasonMask
                );
        }

        return new((int?)null);
    }

    /// <summary>The failure to report.</summary>
    public FetchOutcome.Failed Explain(IPAddress address) =>
        (Alert, IsVersion) switch
        {
            (_, true) => Failed(FetchFailure.TlsVersion, $"{address} does not offer TLS 1.2 or 1.3."),
            (HandshakeFailure or AccessDenied or InternalError or UnrecognizedName, _) => Failed(
                FetchFailure.TlsAlert,
                $"{address} broke off the handshake with alert {Alert}: it seems to have no certificate for this name."
            ),
            ({ } alert, _) => Failed(FetchFailure.TlsHandshake, $"{address} broke off the handshake with alert {alert}."),
            _ when OpenSslReason == WrongVersionNumber => Failed(
                FetchFailure.TlsHandshake,
                $"{address} does not speak TLS on this port."
            ),
            _ when OpenSslReason is null => Failed(
                FetchFailure.TlsHandshake,
                $"{address} closed the connection during the handshake."
            ),
            _ => Failed(FetchFailure.TlsHandshake, $"The handshake with {address} failed (OpenSSL reason {OpenSslReason})."),
        };

    private static FetchOutcome.Failed Failed(FetchFailure failure, string detail) => new(failure, detail, Ours: false);

    [GeneratedRegex("error:([0-9A-Fa-f]{8}):")]
    private static partial Regex ErrorCode();
}
