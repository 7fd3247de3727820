using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Postseal.Lab;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Postseal.Resolver.Sts;
using Postseal.Tests.Lab;

namespace Postseal.Tests.Server.SenderTest.Simulator;

/// <summary>A mail server's sending half, made from our own engine, with defects to switch on.</summary>
internal sealed class SimulatedSender : IDisposable
{
    private readonly LabInternet _lab;
    private readonly TimeProvider _clock;
    private readonly Defect _defects;
    private readonly DnsClientDns _dns;
    private readonly SimulatedPolicies _policies;
    private readonly X509Certificate2Collection _roots = [];
    private readonly ConcurrentQueue<string> _queue = new();

    /// <param name="store">Keeps its policies; an empty one, if left out.</param>
    public SimulatedSender(LabInternet lab, TimeProvider clock, Defect defects, IPolicyStore? store = null)
    {
        (_lab, _clock, _defects) = (lab, clock, defects);
        _roots.ImportFromPem(lab.CaPem);
        _dns = new DnsClientDns(new() { Servers = [lab.DnsEndPoint], Trust = DnssecTrust.Yes }, clock);
        _policies = new(lab, _dns, _roots, clock, defects, store ?? new MemoryPolicyStore());
    }

    /// <summary>Takes up what its store knows of policies.</summary>
    public Task LoadAsync(CancellationToken ct) => _policies.LoadAsync(ct);

    /// <summary>The first try of a message; one that is not taken waits for the next.</summary>
    public async Task SendAsync(string recipient, CancellationToken ct)
    {
        if (!await TryAsync(recipient, ct) && !Has(Defect.NeverRetries))
            _queue.Enqueue(recipient);
    }

    /// <summary>Another try of all that waits.</summary>
    public Task RetryAsync(CancellationToken ct) => Task.WhenAll(_queue.Select(r => TryAsync(r, ct)));

    // True when the message was taken.
    private async Task<bool> TryAsync(string recipient, CancellationToken ct)
    {
        var domain = DomainName.Parse(recipient[(recipient.IndexOf('@', StringComparison.Ordinal) + 1)..]);
        var sts = await _policies.LookupAsync(domain, ct);
        var mx = (MxLookup.Hosts)await new MxResolver(_dns).LookupAsync(domain, ct);
        var tried = Has(Defect.NeverTriesSecondMx) ? mx.InOrder.Take(1) : mx.InOrder;
        foreach (var host in tried.Select(h => h.Name))
        {
            if (await SendAsync(recipient, host, await DecideAsync(domain, host, mx.Secure, sts, ct), ct))
                return true;
        }
        return false;
    }

    /// <summary>The daily report about a domain, if it asks for one: an attempt that honours no policy (RFC 8460 §3).</summary>
    public async Task ReportAsync(string domain, CancellationToken ct)
    {
        if (Has(Defect.SendsNoReports))
            return;

        var txt = await _dns.TxtAsync(DomainName.Parse($"{TlsRptRecord.Label}.{domain}"), ct) as DnsAnswer<string>.Found;
        if (TlsRptRecordSelection.From(txt?.Records ?? []) is not TlsRptRecordSelection.Valid { Record.Rua: var addresses })
            return;

        if (!Has(Defect.OnlyPostsReports))
        {
            var to = addresses.OfType<ReportUri.Mail>().First();
            var mx = (MxLookup.Hosts)await new MxResolver(_dns).LookupAsync(to.Domain, ct);
            await SendAsync(to.Address, mx.InOrder[0].Name, new Decision.Opportunistic("", "", null), ct);
        }
        foreach (var to in addresses.OfType<ReportUri.Https>())
            await PostAsync(to.Uri, domain, ct);
    }

    private async Task PostAsync(Uri to, string domain, CancellationToken ct)
    {
        var report = Reports.About(domain);
        var addresses = await AddressesAsync(DomainName.Parse(to.Host), ct);
        using var tcp = await LabFixture.ConnectAsync(addresses[0], _lab.HttpsPort, ct);
        var (tls, _) = await LabFixture.SecureAsync(tcp.GetStream(), to.Host, ct);
        await using (tls)
            await LabFixture.ExchangeAsync(
                tls,
                $"POST {to.AbsolutePath} HTTP/1.1\r\nHost: {to.Host}\r\nContent-Type: application/tlsrpt+json\r\nContent-Length: {report.Length}\r\n\r\n{report}",
                ct
            );
    }

    public void Dispose() => _policies.Dispose();

    private bool Has(Defect defect) => (_defects & defect) != 0;

    private async Task<Decision> DecideAsync(DomainName domain, DomainName host, bool secure, StsLookup sts, CancellationToken ct)
    {
        var dane = Has(Defect.IgnoresDane)
            ? new DaneLookup.NotApplicable("no-tlsa")
            : await new DaneResolver(_dns).LookupAsync(host, _lab.SmtpPort, ct);
        if (Has(Defect.PrefersStsOverDane) && sts is StsLookup.Found)
            dane = new DaneLookup.NotApplicable("no-tlsa");

        var decision = Rules.Decide(domain, host, secure, _policies.AsUnderstood(sts, host), dane);
        return decision is Decision.Opportunistic && Has(Defect.VerifiesEverybody)
            ? new Decision.RequirePkix(decision.Row, decision.Why, host, [])
            : decision;
    }

    private async Task<bool> SendAsync(string recipient, DomainName host, Decision decision, CancellationToken ct)
    {
        if (decision is Decision.Refuse)
            return false;

        foreach (var address in await AddressesAsync(host, ct))
        {
            if (await SendAsync(recipient, new IPEndPoint(address, _lab.SmtpPort), host, decision, ct))
                return true;
        }
        return false;
    }

    private async Task<bool> SendAsync(
        string recipient,
        IPEndPoint server,
        DomainName host,
        Decision decision,
        CancellationToken ct
    )
    {
        await using var session = await SimulatedSession.OpenAsync(server, ct);
        var now = _clock.GetUtcNow();
        var outcome = await session.SecureAsync(host, !Has(Defect.SendsNoSni), _roots, now, ct);
        if (Has(Defect.AcceptsAnyCertificate) && decision is Decision.RequirePkix && outcome is TlsOutcome.Established tls)
            outcome = tls with { Chain = tls.Chain with { Problems = [] } };

        if (outcome is not TlsOutcome.Established)
        {
            var mayBeClear = decision is Decision.Opportunistic || Has(Defect.FallsBackToClear);
            return mayBeClear && await InClearAsync(recipient, server, ct);
        }
        return Rules.Judge(decision, outcome, now) is SessionVerdict.Use && await session.DeliverAsync(recipient, ct);
    }

    private static async Task<bool> InClearAsync(string recipient, IPEndPoint server, CancellationToken ct)
    {
        await using var session = await SimulatedSession.OpenAsync(server, ct);
        return await session.DeliverAsync(recipient, ct);
    }

    private async Task<IReadOnlyList<IPAddress>> AddressesAsync(DomainName host, CancellationToken ct)
    {
        var addresses = new List<IPAddress>();
        foreach (var family in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 })
        {
            if (family == AddressFamily.InterNetworkV6 && Has(Defect.HasNoIPv6))
                continue;
            if (await _dns.AddressesAsync(host, family, ct) is DnsAnswer<IPAddress>.Found found)
                addresses.AddRange(found.Records);
        }
        return addresses;
    }
}
