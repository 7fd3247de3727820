using Postseal.Outbound;
using Postseal.Protocol;
using Postseal.Protocol.Smtp;
using Postseal.Protocol.Tls;

namespace Postseal.Smtp.Probe;

/// <summary>One conversation with one address, step by step, and what was learnt on the way.</summary>
internal sealed class SmtpSession(ProbeOptions options, ChainVerifier verifier, OutboundBudget budget, TimeProvider clock)
    : IAsyncDisposable
{
    private readonly SmtpConnection _connection = new(budget, clock);
    private TlsOutcome.Established? _established;
    private ProbeStop? _injection;

    /// <summary>The greeting, if one came.</summary>
    public SmtpReply? Banner { get; private set; }

    /// <summary>The EHLO reply in clear, if it was 250.</summary>
    public EhloReply? Ehlo { get; private set; }

    /// <summary>The reply to STARTTLS, if one came.</summary>
    public SmtpReply? StartTlsReply { get; private set; }

    /// <summary>The EHLO reply inside TLS, if it was 250.</summary>
    public EhloReply? EhloTls { get; private set; }

    /// <summary>How long each step took; the total is not known here.</summary>
    public ProbeTimings Timings { get; private set; } = new(null, null, null, null, TimeSpan.Zero);

    /// <summary>The chain presented, once a handshake stands.</summary>
    public PresentedChain? Chain => _established?.Chain;

    /// <summary>True when the EHLO reply offers STARTTLS.</summary>
    public bool OffersStartTls => Ehlo is not null && Ehlo.Offers("STARTTLS");

    /// <summary>Why the conversation ended early. That a server refuses what it never offered is no such reason.</summary>
    public ProbeStop? Stop =>
        _connection.Stop is ProbeStop.Rejected { Step: ProbeStep.StartTls } && !OffersStartTls
            ? null
            : _injection ?? _connection.Stop;

    /// <summary>What came of asking for TLS.</summary>
    public TlsOutcome Tls =>
        Ehlo is not null && !OffersStartTls ? new TlsOutcome.NotOffered()
        : _established is not null ? _established
        : Stop is not null ? SessionFault.ToOutcome(Stop)
        : throw new InvalidOperationException("The handshake has not been tried.");

    /// <summary>Talks up to the 220 that answers STARTTLS; false when it does not come to that. STARTTLS is tried even when it is not offered:
    /// a 220 then hints at somebody in the path who strips the offer.</summary>
    public async Task<bool> ReachTlsAsync(CheckedAddress address, CancellationToken ct) =>
        await ConnectAsync(address, ct) && await GreetAsync(ct) && await EhloAsync(ct) && await StartTlsAsync(ct);

    /// <summary>Does the handshake and judges the chain for <paramref name="host"/>; false when it fails.</summary>
    public async Task<bool> HandshakeAsync(DomainName host, DomainName? sni, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        // Whatever comes is a fact; what it means is the decision's affair.
        var handshake = new ClientHandshake(sni, host, verifier, accept: _ => true, clock);
        var agreed = await _connection.SecureAsync(handshake, options.StepTimeout, ct);
        Timings = Timings with { Handshake = clock.GetElapsedTime(start) };
        if (agreed is null || handshake.Chain is null)
            return false;

        _established = new(agreed.Protocol, agreed.CipherSuite, handshake.Chain);
        return true;
    }

    /// <summary>Offers TLS 1.0 and 1.1 only and returns the version the server would go on with; null when it refuses.</summary>
    public async Task<string?> LegacyHelloAsync(DomainName sni, CancellationToken ct) =>
        LegacyHello.AcceptedVersion(
            await _connection.ExchangeRawAsync(LegacyHello.Render(sni), LegacyHello.SufficientLength, options.StepTimeout, ct)
        );

    /// <summary>Asks inside TLS what the server offers there: nothing from before the handshake counts any more (RFC 3207 §4.2).</summary>
    public async Task EhloTlsAsync(CancellationToken ct) => EhloTls = await EhloAsync(ProbeStep.EhloTls, ct);

    /// <summary>Says goodbye where that is still possible.</summary>
    public Task QuitAsync(CancellationToken ct) => _injection is null ? _connection.QuitAsync(ct) : Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<bool> ConnectAsync(CheckedAddress address, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        await _connection.ConnectAsync(address, options.Port, options.ConnectTimeout, ct);
        Timings = Timings with { Connect = clock.GetElapsedTime(start) };
        return _connection.Stop is null;
    }

    private async Task<bool> GreetAsync(CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        Banner = await _connection.ReceiveAsync(ProbeStep.Greeting, 220, options.GreetingTimeout, ct);
        Timings = Timings with { Greeting = clock.GetElapsedTime(start) };
        return _connection.Stop is null;
    }

    private async Task<bool> EhloAsync(CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        Ehlo = await EhloAsync(ProbeStep.Ehlo, ct);
        Timings = Timings with { Ehlo = clock.GetElapsedTime(start) };
        return Ehlo is not null;
    }

    private async Task<EhloReply?> EhloAsync(ProbeStep step, CancellationToken ct)
    {
        var reply = await _connection.CommandAsync(step, $"EHLO {options.EhloName}", 250, options.StepTimeout, ct);
        return reply is { Code: 250 } ? EhloReply.From(reply) : null;
    }

    private async Task<bool> StartTlsAsync(CancellationToken ct)
    {
        StartTlsReply = await _connection.CommandAsync(ProbeStep.StartTls, "STARTTLS", 220, options.StepTimeout, ct);
        if (_connection.Stop is not null)
            return false;

        // Whoever may write to the plain connection could put replies of his own in front of the protected ones (standard.md 3207-4-2).
        if (_connection.HasUnreadBytes)
            _injection = new ProbeStop.ProtocolError(
                ProbeStep.Handshake,
                "injected-bytes",
                "Bytes came between the reply to STARTTLS and the handshake."
            );
        return _injection is null;
    }
}
