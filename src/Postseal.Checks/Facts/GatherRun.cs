using System.Net;
using System.Net.Sockets;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.Tls;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Postseal.Resolver.PolicyHost;
using Postseal.Resolver.Sts;
using Postseal.Smtp.Probe;

namespace Postseal.Checks.Facts;

/// <summary>The steps of one gathering run, under one deadline.</summary>
internal sealed record GatherRun(
    DomainName Domain,
    IDns Dns,
    IPolicyHost PolicyHost,
    ProbeDesk Probes,
    CheckOptions Options,
    CheckBudget Budget,
    TimeProvider Clock,
    IProgress<GatherStep>? Progress,
    CancellationToken Expired
)
{
    public Task<StsEvidence> StsAsync(CancellationToken ct)
    {
        return new StsResolver(Dns, PolicyHost).LookupAsync(Domain, each: true, new Stages(this), ct);
    }

    private sealed class Stages(GatherRun run) : IProgress<LookupStage>
    {
        public void Report(LookupStage value)
        {
            if (value == LookupStage.Record)
                run.Tell("record", $"{StsRecord.Label}.{run.Domain}");
            else
                run.Tell(value == LookupStage.Fetch ? "policy-host" : "policy", $"{StsPolicy.HostLabel}.{run.Domain}");
        }
    }

    public async Task<MxLookup> MxAsync(CancellationToken ct)
    {
        var mx = await new MxResolver(Dns).LookupAsync(Domain, ct);
        Tell("mx", Domain.Value);
        return mx;
    }

    public async Task<(
        DnsAnswer<string> Txt,
        TlsRptRecordSelection? Selection,
        IReadOnlyList<ReportTargetFacts> Targets
    )> ReportsAsync(CancellationToken ct)
    {
        if (!Domain.TryPrepend(TlsRptRecord.Label, out var name))
            return (new DnsAnswer<string>.Absent(NameExists: false, Secure: false, []), TlsRptRecordSelection.From([]), []);

        var txt = await Dns.TxtAsync(name, ct);
        Tell("tlsrpt", name.Value);
        var selection = txt switch
        {
            DnsAnswer<string>.Found found => TlsRptRecordSelection.From(found.Records),
            DnsAnswer<string>.Absent => TlsRptRecordSelection.From([]),
            _ => null,
        };
        if (selection is not TlsRptRecordSelection.Valid { Record: var record })
            return (txt, selection, []);

        var inspector = new ReportTargetInspector(Dns, Probes, Options, Budget.Outbound);
        var usable = record.Rua.Where(u => u is not ReportUri.Unusable).DistinctBy(u => u.Text).Take(CheckBudget.MaxTargets);
        var targets = await Task.WhenAll(
            usable.Select(u =>
                Deadline.RunAsync(
                    t => inspector.InspectAsync(u, t),
                    () => new(u, "timeout", "The time given for the whole check ran out.", Unknown: true, []),
                    Expired,
                    ct
                )
            )
        );
        Tell("report-targets", name.Value);
        return (txt, selection, targets);
    }

    /// <summary>Looks at the hosts that take the mail, as far as the budget goes. Which addresses are probed is chosen when those of all hosts are known, so
    /// that it does not hang on which answer comes first.</summary>
    public async Task<IReadOnlyList<GatheredHost>> HostsAsync(MxLookup mx, CancellationToken ct)
    {
        if (mx is not MxLookup.Hosts { InOrder: var inOrder })
            return [];

        var hosts = await Task.WhenAll(inOrder.Take(CheckBudget.MaxHosts).Select(h => ResolveAsync(h, ct)));
        var chosen = ProbeChoice.Of([.. hosts.Select(h => h.Addresses)]);
        return await Task.WhenAll(hosts.Zip(chosen, (host, addresses) => VisitAsync(host, addresses, ct)));
    }

    private sealed record ResolvedHost(MxHost Host, DnsAnswer<IPAddress> V4, DnsAnswer<IPAddress> V6, Task<DaneLookup> Dane)
    {
        public IReadOnlyList<IPAddress> Addresses => [.. AddressesIn(V4), .. AddressesIn(V6)];
    }

    private async Task<ResolvedHost> ResolveAsync(MxHost host, CancellationToken ct)
    {
        var v4 = Dns.AddressesAsync(host.Name, AddressFamily.InterNetwork, ct);
        var v6 = Dns.AddressesAsync(host.Name, AddressFamily.InterNetworkV6, ct);
        await Task.WhenAll(v4, v6);
        var (a, aaaa) = (await v4, await v6);
        Tell("host", host.Name.Value);
        return new(host, a, aaaa, new DaneResolver(Dns).LookupAsync(host.Name, a, aaaa, Options.Probe.Port, ct));
    }

    private async Task<GatheredHost> VisitAsync(ResolvedHost resolved, ProbeChoice.OfHost chosen, CancellationToken ct)
    {
        var (host, a, aaaa, dane) = resolved;
        // Only a CNAME can move the TLSA base domain, and with it SNI, away from the host's name (RFC 7672 §2.2.2).
        var isAlias =
            a is DnsAnswer<IPAddress>.Found { Aliases.Count: > 0 } || aaaa is DnsAnswer<IPAddress>.Found { Aliases.Count: > 0 };
        var sni = isAlias && await dane is DaneLookup.Usable { BaseDomain: var baseDomain } ? baseDomain : host.Name;

        var probes = Task.WhenAll(chosen.Probed.Select(address => ProbeAsync(host.Name, sni, address, ct)));
        var pointers = Task.WhenAll(chosen.Probed.Select(address => Dns.PtrAsync(address, ct)));
        var found = await dane;
        Tell("dane", host.Name.Value);
        var (done, names) = (await probes, await pointers);
        return chosen.LeftOut is { } left
            ? new(host, a, aaaa, found, [LeftOut(host.Name, left)], [await Dns.PtrAsync(left, ct)])
            : new(host, a, aaaa, found, done, names);
    }

    private async Task<ProbeResult> ProbeAsync(DomainName host, DomainName sni, IPAddress address, CancellationToken ct)
    {
        var started = Clock.GetTimestamp();
        var result = await Deadline.RunAsync(
            t => Probes.ProbeAsync(host, sni, address, Budget.Outbound, t),
            () => OutOfTime(host, address, Clock.GetElapsedTime(started)),
            Expired,
            ct
        );
        Tell("session", $"{host} [{address}]");
        return result;
    }

    private ProbeResult OutOfTime(DomainName host, IPAddress address, TimeSpan elapsed) =>
        Untried(
            host,
            address,
            new TlsOutcome.Unknown("job-timeout"),
            new ProbeStop.TimedOut(ProbeStep.Connect, "The time given for the whole check ran out."),
            elapsed
        );

    private ProbeResult LeftOut(DomainName host, IPAddress address) =>
        Untried(
            host,
            address,
            new TlsOutcome.Unknown("over-budget"),
            new ProbeStop.OverBudget(
                ProbeStep.Connect,
                $"This check visits {address}{(address.AddressFamily == AddressFamily.InterNetworkV6 ? "'s /64" : "")} {CheckBudget.MaxProbesPerNeighbourhood} times at most."
            ),
            TimeSpan.Zero
        );

    private ProbeResult Untried(DomainName host, IPAddress address, TlsOutcome outcome, ProbeStop stop, TimeSpan elapsed) =>
        new(
            host,
            address,
            Options.Probe.Port,
            outcome,
            stop,
            Banner: null,
            Ehlo: null,
            EhloTls: null,
            StartTlsReply: null,
            HiddenStartTls: false,
            WithoutSni: null,
            RefusesWithoutSni: false,
            LegacyTls: null,
            new(null, null, null, null, elapsed)
        );

    private static IReadOnlyList<IPAddress> AddressesIn(DnsAnswer<IPAddress> answer) =>
        answer is DnsAnswer<IPAddress>.Found { Records: var records } ? records : [];

    private void Tell(string step, string subject) => Progress?.Report(new(Domain, step, subject));
}
