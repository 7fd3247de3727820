using System.Net;
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

    private static readonly TlsOutcome.HandshakeFailed TooOld = new(NetworkFault.ProtocolVersion);

    /// <summary>Probes one address with the host's name for SNI and for the certificate (RFC 8461 §4.2, §7.1).</summary>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled; nothing a server does throws.</exception>
    public Task<ProbeResult> ProbeAsync(DomainName host, IPAddress address, CancellationToken ct) =>
        ProbeAsync(host, host, address, ct);

    /// <summary>Probes one address with another name for SNI: with DANE that is the TLSA base domain (RFC 7672 §3.2).</summary>
    /// <param name="host">The reference name the certificate is judged for.</param>
    /// <param name="sni">The name asked for in the handshake.</param>
    /// <param name="address">The address to connect to.</param>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled; nothing a server does throws.</exception>
    public async Task<ProbeResult> ProbeAsync(DomainName host, DomainName sni, IPAddress address, CancellationToken ct)
    {
        if (!options.AllowPrivate && !PublicAddress.IsPublic(address))
            return Refused(host, address);

        var start = clock.GetTimestamp();
        var result = await MainSessionAsync(host, sni, address, ct);
        if (options.CompareVariants && result.Timings.Greeting < FastGreeting)
            result = await CompareAsync(result, sni, ct);
        return result with { Timings = result.Timings with { Total = clock.GetElapsedTime(start) } };
    }

    private async Task<ProbeResult> MainSessionAsync(DomainName host, DomainName sni, IPAddress address, CancellationToken ct)
    {
        await using var session = new SmtpSession(options, clock);
        if (await session.ReachTlsAsync(new(address, options.Port), ct) && await session.HandshakeAsync(host, sni, ct))
            await session.EhloTlsAsync(ct);
        await session.QuitAsync(ct);
        return new(
            host,
            address,
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

    private async Task<ProbeResult> CompareAsync(ProbeResult result, DomainName sni, CancellationToken ct)
    {
        switch (result)
        {
            case { Tls: TlsOutcome.Established }:
                return await WithoutSniAsync(result, ct) is { } compared
                    ? compared with
                    {
                        LegacyTls = await LegacyTlsAsync(result, sni, ct),
                    }
                    : result;
            case { Tls: TlsOutcome.HandshakeFailed failed, Stop: ProbeStop.ProtocolError or ProbeStop.Closed }
                when result.Timings.Handshake is not null:
                var legacy = await LegacyTlsAsync(result, sni, ct);
                return result with { Tls = MeansTooOld(failed, legacy) ? TooOld : failed, LegacyTls = legacy };
            default:
                return result;
        }
    }

    /// <summary>Null when the server does not let us come as far as TLS again: that tells nothing about SNI, and it has had enough of us.</summary>
    private async Task<ProbeResult?> WithoutSniAsync(ProbeResult result, CancellationToken ct)
    {
        await using var session = new SmtpSession(options, clock);
        if (!await session.ReachTlsAsync(new(result.Address, options.Port), ct))
            return null;

        await session.HandshakeAsync(result.Host, sni: null, ct);
        await session.QuitAsync(ct);
        return result with
        {
            WithoutSni = session.Chain,
            RefusesWithoutSni = session.Stop is ProbeStop.ProtocolError or ProbeStop.Closed,
        };
    }

    private async Task<string?> LegacyTlsAsync(ProbeResult result, DomainName sni, CancellationToken ct)
    {
        await using var session = new SmtpSession(options, clock);
        return await session.ReachTlsAsync(new(result.Address, options.Port), ct)
            ? await session.LegacyHelloAsync(sni, ct)
            : null;
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
