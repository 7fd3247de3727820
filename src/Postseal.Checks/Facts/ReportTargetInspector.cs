using System.Net;
using System.Net.Sockets;
using Postseal.Outbound;
using Postseal.Protocol;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Postseal.Smtp.Probe;

namespace Postseal.Checks.Facts;

/// <summary>Finds out whether a report address could take reports, without sending one: DNS for mail, a TLS handshake for HTTPS. The zone says which host
/// that is: so only the port of HTTPS is connected to, at two addresses, in turn with everybody else.</summary>
internal sealed class ReportTargetInspector(IDns dns, ProbeDesk desk, CheckOptions options, OutboundBudget budget)
{
    /// <summary>Inspects one usable address.</summary>
    public Task<ReportTargetFacts> InspectAsync(ReportUri target, CancellationToken ct) =>
        target switch
        {
            ReportUri.Mail mail => MailAsync(mail, ct),
            ReportUri.Https https => HttpsAsync(https, ct),
            _ => throw new ArgumentException("unusable addresses are not inspected", nameof(target)),
        };

    private async Task<ReportTargetFacts> MailAsync(ReportUri.Mail target, CancellationToken ct) =>
        await new MxResolver(dns).LookupAsync(target.Domain, ct) switch
        {
            MxLookup.Hosts { InOrder: var hosts } => new(target, null, null, Unknown: false, [.. hosts.Select(h => h.Name)]),
            MxLookup.NullMx => Fault(target, "null-mx", $"{target.Domain} takes no mail (null MX)."),
            MxLookup.Nowhere { NameExists: false } => Fault(target, "no-domain", $"{target.Domain} does not exist."),
            MxLookup.Nowhere => Fault(target, "no-mx", $"{target.Domain} has no mail host."),
            MxLookup.Failed failed => Untold(target, "dns", failed.Detail),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private async Task<ReportTargetFacts> HttpsAsync(ReportUri.Https target, CancellationToken ct)
    {
        if (!DomainName.TryParse(target.Uri.IdnHost, out var host, out _))
            return Fault(target, "host", "The address names no host.");

        if (!target.Uri.IsDefaultPort && target.Uri.Port != options.HttpsPort)
            return Untold(target, "port", $"This check connects to port {options.HttpsPort} only, not to {target.Uri.Port}.");

        var v4 = dns.AddressesAsync(host, AddressFamily.InterNetwork, ct);
        var v6 = dns.AddressesAsync(host, AddressFamily.InterNetworkV6, ct);
        var answers = await Task.WhenAll(v4, v6);
        var addresses = answers.OfType<DnsAnswer<IPAddress>.Found>().SelectMany(a => a.Records).ToArray();
        if (addresses.Length == 0)
        {
            return answers.OfType<DnsAnswer<IPAddress>.Failed>().FirstOrDefault() is { } failed
                ? Untold(target, "dns", failed.Detail)
                : Fault(target, "dns", $"{host} has no address.");
        }

        var allowed = addresses
            .Select(a => CheckedAddress.Of(a, options.Probe.AllowPrivate))
            .OfType<CheckedAddress>()
            .ToDictionary(a => a.Value);
        return allowed.Count == 0
            ? Fault(target, "address-refused", $"{host} has only addresses that are not public.")
            : await VisitAsync(
                target,
                host,
                [.. ProbeHost.Choose(allowed.Keys, CheckBudget.MaxTargetAddresses).Select(a => allowed[a])],
                ct
            );
    }

    // As a reporter does: the next address where one does not answer.
    private async Task<ReportTargetFacts> VisitAsync(
        ReportUri target,
        DomainName host,
        IReadOnlyList<CheckedAddress> addresses,
        CancellationToken ct
    )
    {
        TargetAnswer answer = new TargetAnswer.Good();
        foreach (var address in addresses)
        {
            answer = await desk.TargetAsync(host, address, options.HttpsPort, budget, ct);
            if (answer is not TargetAnswer.NotConnected)
                break;
        }

        return answer switch
        {
            TargetAnswer.Good => new(target, null, null, Unknown: false, []),
            TargetAnswer.NotConnected { Detail: var detail } => Fault(target, "tcp", detail),
            TargetAnswer.Faulty { Problem: var problem, Detail: var detail } => Fault(target, problem, detail),
            TargetAnswer.NotTested { Problem: var problem, Detail: var detail } => Untold(target, problem, detail),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static ReportTargetFacts Fault(ReportUri target, string problem, string detail) =>
        new(target, problem, detail, Unknown: false, []);

    private static ReportTargetFacts Untold(ReportUri target, string problem, string detail) =>
        new(target, problem, detail, Unknown: true, []);
}
