using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Postseal.Outbound;

namespace Postseal.Smtp.Probe;

/// <summary>What an exception of the network stack says about the server.</summary>
internal static class NetworkFault
{
    /// <summary>Characters of a failure reason: RFC 8460 §4.4 sets no bound, and a reason is a phrase, not a story.</summary>
    public const int MaxReasonLength = 100;

    /// <summary>The stop that the exception stands for; null when it is none of the network's (a bug of ours).</summary>
    public static ProbeStop? Describe(ProbeStep step, Exception fault, TimeSpan limit) =>
        (step, fault) switch
        {
            (_, TooMuchReceivedException { What: var what }) => new ProbeStop.ProtocolError(
                step,
                "too-much-data",
                $"The server sends {what}."
            ),
            (_, OverBudgetException { What: var what }) => new ProbeStop.OverBudget(
                step,
                $"Not tested any further: this check would take {what}."
            ),
            (ProbeStep.Connect, OperationCanceledException) => NotConnected("tcp-timeout", $"no answer within {Seconds(limit)}"),
            (ProbeStep.Connect, SocketException e) => Describe(e),
            (_, OperationCanceledException) => new ProbeStop.TimedOut(step, $"The server took more than {Seconds(limit)}."),
            (_, InvalidDataException e) => new ProbeStop.ProtocolError(
                step,
                "not-smtp",
                $"The answer is no SMTP reply: {e.Message}."
            ),
            (_, IOException or SocketException) => new ProbeStop.Closed(step, "The server closed the connection."),
            (_, AuthenticationException or CryptographicException) => new ProbeStop.ProtocolError(
                step,
                HandshakeReason(fault),
                $"The TLS handshake failed: {fault.GetBaseException().Message}"
            ),
            _ => null,
        };

    /// <summary>The text of the alert or of the TLS library as a failure-reason-code (standard.md D-RES-2): printable ASCII, blanks as <c>_</c>.</summary>
    public static string HandshakeReason(Exception fault)
    {
        var text = fault.GetBaseException().Message;
        // OpenSSL puts a number and the name of a routine in front: error:0A00042E:SSL routines::tlsv1 alert protocol version
        if (text.LastIndexOf("::", StringComparison.Ordinal) is var colons and >= 0)
            text = text[(colons + 2)..];
        if (
            text.Contains("protocol version", StringComparison.Ordinal)
            || text.Contains("unsupported protocol", StringComparison.Ordinal)
        )
            return ProtocolVersion;

        var reason = new StringBuilder();
        foreach (var c in text.Take(MaxReasonLength).Where(c => c is >= ' ' and <= '~'))
            reason.Append(c == ' ' ? '_' : c);
        return reason.ToString().TrimEnd('.');
    }

    /// <summary>The reason for a server that has nothing newer than TLS 1.1.</summary>
    public const string ProtocolVersion = "protocol-version";

    private static ProbeStop.NotConnected Describe(SocketException e) =>
        e.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => NotConnected("tcp-refused", "the connection was refused"),
            SocketError.TimedOut => NotConnected("tcp-timeout", "no answer came"),
            SocketError.NetworkUnreachable
            or SocketError.NetworkDown
            or SocketError.AddressFamilyNotSupported
            or SocketError.AddressNotAvailable => NotConnected(
                "tcp-unreachable",
                "this machine has no route to such an address",
                noRoute: true
            ),
            _ => NotConnected("tcp-unreachable", e.Message),
        };

    private static ProbeStop.NotConnected NotConnected(string reason, string why, bool noRoute = false) =>
        new(reason, noRoute, $"No connection: {why}.");

    private static string Seconds(TimeSpan limit) => $"{limit.TotalSeconds:0.#} s";
}
