using System.Net;
using Postseal.Protocol;
using Postseal.Protocol.Smtp;
using Postseal.Protocol.Tls;

namespace Postseal.Smtp.Probe;

/// <summary>Facts from one address of one MX host: nothing is judged here.</summary>
/// <param name="Host">The name used for SNI and certificate names.</param>
/// <param name="Address">The address connected to.</param>
/// <param name="Port">The port, 25 outside labs.</param>
/// <param name="Tls">What came of asking for TLS.</param>
/// <param name="Stop">Where and why the conversation ended early; null when it ran to QUIT.</param>
/// <param name="Banner">The greeting reply, if one came.</param>
/// <param name="Ehlo">The EHLO reply in clear, if one came.</param>
/// <param name="EhloTls">The EHLO reply inside TLS, if one came.</param>
/// <param name="StartTlsReply">The reply to STARTTLS, if one came.</param>
/// <param name="HiddenStartTls">STARTTLS was not advertised and yet answered 220 (stripping in the path is suspected).</param>
/// <param name="WithoutSni">The chain presented without SNI; null when not asked or no handshake stood. Its problems are judged for <paramref name="Host"/>.</param>
/// <param name="RefusesWithoutSni">The handshake without SNI failed although the one with SNI stood (RFC 8461 §7.1 forbids it).</param>
/// <param name="LegacyTls">The highest of <c>TLSv1</c>, <c>TLSv1.1</c> that the server would still speak; null when none, or not asked.</param>
/// <param name="Timings">How long each step took.</param>
public sealed record ProbeResult(
    DomainName Host,
    IPAddress Address,
    int Port,
    TlsOutcome Tls,
    ProbeStop? Stop,
    SmtpReply? Banner,
    EhloReply? Ehlo,
    EhloReply? EhloTls,
    SmtpReply? StartTlsReply,
    bool HiddenStartTls,
    PresentedChain? WithoutSni,
    bool RefusesWithoutSni,
    string? LegacyTls,
    ProbeTimings Timings
);

/// <summary>Durations of the steps of a probe; null for a step that was not reached.</summary>
public sealed record ProbeTimings(TimeSpan? Connect, TimeSpan? Greeting, TimeSpan? Ehlo, TimeSpan? Handshake, TimeSpan Total);

/// <summary>Why a probe ended before QUIT.</summary>
/// <param name="Step">The step that failed.</param>
/// <param name="Detail">One plain sentence for people; may quote the peer, so escape it before printing.</param>
public abstract record ProbeStop(ProbeStep Step, string Detail)
{
    /// <summary>No connection: refused, timed out, no route.</summary>
    /// <param name="Reason"><c>tcp-refused</c>, <c>tcp-timeout</c>, <c>tcp-unreachable</c>.</param>
    /// <param name="NoRoute">This machine has no route to such an address at all (no IPv6, say): says nothing about the server.</param>
    public sealed record NotConnected(string Reason, bool NoRoute, string Detail) : ProbeStop(ProbeStep.Connect, Detail);

    /// <summary>The address is not public and private addresses are not allowed.</summary>
    public sealed record AddressRefused(string Detail) : ProbeStop(ProbeStep.Connect, Detail);

    /// <summary>The check has used up what it may cost: says nothing about the server.</summary>
    public sealed record OverBudget(ProbeStep Step, string Detail) : ProbeStop(Step, Detail);

    /// <summary>The server answered a step with another code than the one that goes on: nearly always 4xx or 5xx.</summary>
    public sealed record Rejected(ProbeStep Step, SmtpReply Reply, string Detail) : ProbeStop(Step, Detail);

    /// <summary>Nothing came within the time limit of the step.</summary>
    public sealed record TimedOut(ProbeStep Step, string Detail) : ProbeStop(Step, Detail);

    /// <summary>The server closed the connection.</summary>
    public sealed record Closed(ProbeStep Step, string Detail) : ProbeStop(Step, Detail);

    /// <summary>The server does not speak SMTP, or broke its rules (bytes injected after STARTTLS, an endless line).</summary>
    public sealed record ProtocolError(ProbeStep Step, string Code, string Detail) : ProbeStop(Step, Detail);
}

/// <summary>The steps of a probe, in order.</summary>
public enum ProbeStep
{
    /// <summary>TCP connect.</summary>
    Connect,

    /// <summary>The server's banner.</summary>
    Greeting,

    /// <summary>EHLO in clear.</summary>
    Ehlo,

    /// <summary>STARTTLS and its reply.</summary>
    StartTls,

    /// <summary>TLS handshake.</summary>
    Handshake,

    /// <summary>EHLO inside TLS.</summary>
    EhloTls,
}
