using System.Net;
using Postseal.Outbound;
using Postseal.Protocol;
using Postseal.Protocol.Tls;

namespace Postseal.Smtp.Probe;

/// <summary>
/// Learns what one address of one MX host does about TLS, as a sending server sees it. No mail is ever begun, and no second connection to the address
/// is opened while one stands.
/// </summary>
public sealed class SmtpProbe(ProbeOptions options, TimeProvider clock)
{
    // A server that makes strangers wait is looking for spam programs (postscreen): coming back at once is slow and looks like one.
    private static readonly TimeSpan FastGreeting = TimeSpan.FromSeconds(3);

    private readonly ChainVerifier _verifier = new(options.Roots);

    private static readonly TlsOutcome.HandshakeFailed TooOld = new(NetworkFault.ProtocolVersion);

    /// <summary>Connections of one probe: the session, one without SNI, and one that offers only old TLS.</summary>
    public const int MaxConnections = 3;

    /// <summary>Probes one address.</summary>
    /// <param name="host">The reference name the certificate is judged for (RFC 8461 §4.2).</param>
    /// <param name="sni">The name asked for in the handshake (RFC 8461 §7.1): the host, or with DANE the TLSA base domain (RFC 7672 §3.2).</param>
    /// <param name="address">The address to connect to.</param>
    /// <param name="budget">What the job may still cost.</param>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled; nothing a server does throws.</exception>
    public async Task<ProbeResult> ProbeAsync(
        DomainName host,
        DomainName sni,
        IPAddress address,
        OutboundBudget budget,
        CancellationToken ct
    )
    {
        if (CheckedAddress.Of(address, options.AllowPrivate) is not { } allowed)
            return Refused(host, address);

        var start = clock.GetTimestamp();
        var visit = new Visit(host, sni, allowed, budget);
        var result = await MainSessionAsync(visit, ct);
        if (options.CompareVariants && result.Timings.Greeting < FastGreeting)
            result = await CompareAsync(result, visit, ct);
        return result with { Timings = result.Timings with { Total = clock.GetElapsedTime(start) } };
    }

    /// <summary>Whom one probe is for, and what it may cost.</summary>
    private sealed record Visit(DomainName Host, DomainName Sni, CheckedAddress Address, OutboundBudget Budget);

    private SmtpSession Session(Visit visit) => new(options, _verifier, visit.Budget, clock);

    private async Task<ProbeResult> MainSessionAsync(Visit visit, CancellationToken ct)
    {
        await using var session = Session(visit);
        if (await session.ReachTlsAsync(visit.Address, ct) && await session.HandshakeAsync(visit.Host, visit.Sni, ct))
            await session.EhloTlsAsync(ct);
        await session.QuitAsync(ct);
        return new(
            visit.Host,
            visit.Address.Value,
            options.Port,
            session.Tls,
            session.Stop,
            session.Banner,
            session.Ehlo,
            session.EhloTls,
            session.StartTlsReply,
            HiddenStartTls: !session.OffersStartTls && session.StartTlsReply is { Code: 220 },
            WithoutSni: null,
            RefusesWithoutSni: false,
            LegacyTls: null,
            session.Timings
        );
    }

    private async Task<ProbeResult> CompareAsync(ProbeResult result, Visit visit, CancellationToken ct)
    {
        switch (result)
        {
            // A chain that is made to cost is not asked for twice.
            case { Tls: TlsOutcome.Established { Chain.IsCostly: true } }:
                return result;
            case { Tls: TlsOutcome.Established }:
                return await WithoutSniAsync(result, visit, ct) is { } compared
                    ? compared with
                    {
                        LegacyTls = await LegacyTlsAsync(visit, ct),
                    }
                    : result;
            case { Tls: TlsOutcome.HandshakeFailed failed, Stop: ProbeStop.ProtocolError or ProbeStop.Closed }
                when result.Timings.Handshake is not null:
                var legacy = await LegacyTlsAsync(visit, ct);
                return result with { Tls = MeansTooOld(failed, legacy) ? TooOld : failed, LegacyTls = legacy };
            default:
                return result;
        }
    }

    /// <summary>Null when the server does not let us come as far as TLS again: that tells nothing about SNI, and it has had enough of us.</summary>
    private async Task<ProbeResult?> WithoutSniAsync(ProbeResult result, Visit visit, CancellationToken ct)
    {
        await using var session = Session(visit);
        if (!await session.ReachTlsAsync(visit.Address, ct))
            return null;

        await session.HandshakeAsync(visit.Host, sni: null, ct);
        await session.QuitAsync(ct);
        return result with
        {
            WithoutSni = session.Chain,
            RefusesWithoutSni = session.Stop is ProbeStop.ProtocolError or ProbeStop.Closed,
        };
    }

    private async Task<string?> LegacyTlsAsync(Visit visit, CancellationToken ct)
    {
        await using var session = Session(visit);
        return await session.ReachTlsAsync(visit.Address, ct) ? await session.LegacyHelloAsync(visit.Sni, ct) : null;
    }

    // Old servers do not all send the alert made for it: some send handshake_failure, some hang up.
    private static bool MeansTooOld(TlsOutcome.HandshakeFailed failed, string? legacy) =>
        legacy is not null
        && (failed.Reason == "closed" || failed.Reason.EndsWith("alert_handshake_failure", StringComparison.Ordinal));

    private ProbeResult Refused(DomainName host, IPAddress address)
    {
        var stop = new ProbeStop.AddressRefused($"{address} is not a public address.");
        var timings = new ProbeTimings(null, null, null, null, TimeSpan.Zero);
        var tls = SessionFault.ToOutcome(stop);
        return new(host, address, options.Port, tls, stop, null, null, null, null, false, null, false, null, timings);
    }
}
