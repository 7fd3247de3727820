using Postseal.Protocol.Tls;

namespace Postseal.Smtp.Probe;

/// <summary>What the early end of a conversation means for TLS (standard.md D-RES-1, D-RES-2).</summary>
internal static class SessionFault
{
    /// <summary>Up to the EHLO reply nothing is known about TLS. From the STARTTLS command on, a server that offered it and does not go on has broken
    /// its offer: no sender that insists on TLS can deliver.</summary>
    public static TlsOutcome ToOutcome(ProbeStop stop) =>
        stop switch
        {
            ProbeStop.NotConnected { Reason: var reason } => new TlsOutcome.Unknown(reason),
            ProbeStop.AddressRefused => new TlsOutcome.Unknown("address-refused"),
            ProbeStop.OverBudget => new TlsOutcome.Unknown("over-budget"),
            ProbeStop.Rejected { Step: ProbeStep.StartTls, Reply.Code: var code } => new TlsOutcome.CommandRefused(code),
            ProbeStop.Rejected { Reply.Code: var code } => new TlsOutcome.Unknown($"smtp-{code}"),
            ProbeStop.TimedOut { Step: ProbeStep.Handshake } => new TlsOutcome.HandshakeFailed("timeout"),
            ProbeStop.TimedOut { Step: ProbeStep.StartTls } => new TlsOutcome.HandshakeFailed("starttls-timeout"),
            ProbeStop.TimedOut { Step: ProbeStep.Greeting } => new TlsOutcome.Unknown("greeting-timeout"),
            ProbeStop.TimedOut => new TlsOutcome.Unknown("ehlo-timeout"),
            ProbeStop.Closed { Step: ProbeStep.Handshake } => new TlsOutcome.HandshakeFailed("closed"),
            ProbeStop.Closed { Step: ProbeStep.StartTls } => new TlsOutcome.HandshakeFailed("starttls-closed"),
            ProbeStop.Closed { Step: ProbeStep.Greeting } => new TlsOutcome.Unknown("closed-greeting"),
            ProbeStop.Closed => new TlsOutcome.Unknown("closed-ehlo"),
            ProbeStop.ProtocolError { Step: ProbeStep.StartTls or ProbeStep.Handshake, Code: var code } =>
                new TlsOutcome.HandshakeFailed(code),
            _ => new TlsOutcome.Unknown("not-smtp"),
        };
}
