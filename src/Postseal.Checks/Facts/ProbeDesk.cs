using System.Net;
using Postseal.Outbound;
using Postseal.Protocol;
using Postseal.Protocol.Smtp;
using Postseal.Protocol.Tls;
using Postseal.Smtp.Probe;

namespace Postseal.Checks.Facts;

/// <summary>
/// From where the servers that a domain names are visited: MX hosts and the hosts of report addresses. Never two visits at once to one address (of IPv6:
/// one /64), whatever port and whoever asks; an interval between; and a result shared by all who want the same.
/// </summary>
public sealed class ProbeDesk(ProbeOptions options, ProbePace pace, TimeProvider clock) : IDisposable
{
    // Twice as many at most, each at most as heavy as SharedResults keeps: 6.4 MB.
    private const int KeptResults = 100;

    private readonly SmtpProbe _probe = new(options, clock);
    private readonly TargetProbe _target = new(options, clock);
    private readonly AddressTurns _turns = new(places: 1, pace.Interval, clock);
    private readonly SharedResults<ProbeKey, ProbeResult> _probes = new(KeptResults, pace.Share, Weight, clock);
    private readonly SharedResults<TargetKey, TargetAnswer> _targets = new(
        KeptResults,
        pace.Share,
        answer => answer is TargetAnswer.NotTested ? null : 0,
        clock
    );

    private readonly record struct ProbeKey(DomainName Host, DomainName Sni, IPAddress Address);

    private readonly record struct TargetKey(DomainName Host, IPAddress Address, int Port);

    /// <summary>Probes one address of an MX host, or waits for the probe that runs, or gives a recent result.</summary>
    /// <param name="host">The reference name the certificate is judged for.</param>
    /// <param name="sni">The name asked for in the handshake.</param>
    /// <param name="address">The address to connect to.</param>
    /// <param name="budget">Pays, if nobody else does already.</param>
    /// <param name="ct">Stops waiting; the probe ends when nobody waits for it.</param>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled, or the desk was closed.</exception>
    public Task<ProbeResult> ProbeAsync(
        DomainName host,
        DomainName sni,
        IPAddress address,
        OutboundBudget budget,
        CancellationToken ct
    ) =>
        _probes.GetAsync(
            new(host, sni, address),
            token => _turns.PassAsync(address, budget, t => _probe.ProbeAsync(host, sni, address, budget, t), token),
            ct
        );

    /// <summary>Sees whether one address of the host of a report address does TLS, likewise.</summary>
    internal Task<TargetAnswer> TargetAsync(
        DomainName host,
        CheckedAddress address,
        int port,
        OutboundBudget budget,
        CancellationToken ct
    ) =>
        _targets.GetAsync(
            new(host, address.Value, port),
            token => _turns.PassAsync(address.Value, budget, t => _target.VisitAsync(host, address, port, budget, t), token),
            ct
        );

    // What a server can make large: what it says, and its certificates. That one check had used up its budget is nobody else's answer.
    private static long? Weight(ProbeResult result)
    {
        if (result.Stop is ProbeStop.OverBudget)
            return null;

        PresentedChain?[] chains = [(result.Tls as TlsOutcome.Established)?.Chain, result.WithoutSni];
        SmtpReply?[] replies = [result.Banner, result.StartTlsReply, (result.Stop as ProbeStop.Rejected)?.Reply];
        EhloReply?[] offers = [result.Ehlo, result.EhloTls];
        return chains.Sum(c => c?.Certificates.Sum(one => 2L * one.Der.Length) ?? 0)
            + replies.Sum(r => r?.Lines.Sum(l => 2L * l.Length) ?? 0)
            + offers.Sum(o => o?.Keywords.Sum(k => 2L * (k.Name.Length + k.Value.Length)) ?? 0);
    }

    /// <summary>Abandons what still runs.</summary>
    public void Dispose()
    {
        _probes.Dispose();
        _targets.Dispose();
    }
}
