using System.Net;
using Postseal.Checks.Facts;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.Tls;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Postseal.Resolver.PolicyHost;
using Postseal.Smtp.Probe;

namespace Postseal.Checks.History;

/// <summary>
/// What a check was able to see. The rule: a finding that is not shown any more is gone only when this check saw what it is about. When DNS, the
/// network or a server failed before that point, nothing is known, and the finding stays as it was. What the domain itself has taken away
/// (no record: nobody asks for the policy; no longer an MX host: nobody connects) is seen to be gone. Of two faults at the same step
/// of the same conversation only the first shows, so the one that shows now has replaced the other.
/// </summary>
public static class Sight
{
    // Steps of getting the policy, each of which needs the one before.
    private const int Nothing = -1;
    private const int HostDns = 0;
    private const int HostTcp = 1;
    private const int HostTls = 2;
    private const int HostHttp = 3;
    private const int PolicyText = 4;

    // The first prefix that fits decides, so the narrower ones come first. A test sees to it that every id of the catalogue has one.
    private static readonly (string Prefix, Func<DomainFacts, string, bool> Saw)[] Table =
    [
        (
            "sts-txt-wrong-place",
            (f, _) => f.Sts.Selection is { } s && (s is not StsRecordSelection.None || Elsewhere(f, f.TlsRptTxt))
        ),
        ("sts-", (f, _) => f.Sts.Selection is not null),
        ("host-dns", (f, _) => Reached(f) >= HostDns),
        ("host-tcp", (f, _) => Reached(f) >= HostTcp),
        ("host-ipv6", (f, _) => EveryAddress(f)),
        ("host-multi-ip", (f, _) => EveryAddress(f)),
        ("host-", (f, _) => Reached(f) >= HostTls),
        ("http-", (f, _) => Reached(f) >= HostHttp),
        ("pol-", (f, _) => Reached(f) >= PolicyText),
        ("mx-uncovered", (f, _) => Coverage(f)),
        ("mx-partly-uncovered", (f, _) => Coverage(f)),
        ("mx-pattern-unused", (f, _) => Coverage(f)),
        ("mx-wildcard-depth", (f, _) => Coverage(f)),
        ("mx-mismatch-class", (f, _) => Coverage(f)),
        ("mx-unresolvable", (f, s) => Hosts(f, s, (_, _) => true)),
        ("mx-cname", (f, s) => Hosts(f, s, (_, _) => true)),
        ("mx-private-ip", (f, s) => Hosts(f, s, (_, _) => true)),
        ("mx-ptr", (f, s) => Hosts(f, s, (h, a) => Sessions(h, a, HasPointers))),
        ("mx-partly-tested", (f, s) => Hosts(f, s, (_, _) => true)),
        ("mx-refuses-plaintext", (f, s) => Hosts(f, s, (h, a) => Sessions(h, a, IsAnswered))),
        ("mx-", (f, _) => f.Mx is not MxLookup.Failed),
        ("smtp-", (f, s) => Hosts(f, s, (h, a) => Sessions(h, a, IsAnswered))),
        ("starttls-", (f, s) => Hosts(f, s, (h, a) => Sessions(h, a, IsAnswered))),
        ("tls12-missing", (f, s) => Hosts(f, s, (h, a) => Sessions(h, a, IsAnswered))),
        ("per-", (f, s) => Hosts(f, s, (h, a) => Sessions(h, a, IsAnswered))),
        ("cert-", (f, s) => Hosts(f, s, (h, a) => Sessions(h, a, IsEstablished))),
        ("tls", (f, s) => Hosts(f, s, (h, a) => Sessions(h, a, IsEstablished))),
        ("sni-", (f, s) => Hosts(f, s, (h, a) => Sessions(h, a, IsEstablished))),
        ("rpt-wrong-place", (f, _) => f.TlsRpt is { } && Elsewhere(f, f.Sts.Txt)),
        ("rpt-rua-unreachable", (f, _) => f.TlsRpt is { } && !f.ReportTargets.Any(t => t.Unknown && t.Problem != "port")),
        ("rpt-rua-self-lock", (f, _) => f.TlsRpt is { } && !f.ReportTargets.Any(t => t.Unknown) && EveryHost(f, IsAnswered)),
        ("rpt-", (f, _) => f.TlsRpt is { }),
        ("dane-mismatch", (f, s) => Hosts(f, s, (h, a) => HasTlsa(h) && Sessions(h, a, IsEstablished))),
        ("dane-no-rollover", (f, s) => Hosts(f, s, (h, a) => HasTlsa(h) && Sessions(h, a, IsEstablished))),
        ("dane-sts-conflict", (f, s) => Coverage(f) && Hosts(f, s, (h, a) => HasTlsa(h) && Sessions(h, a, IsEstablished))),
        ("dane-", (f, s) => Hosts(f, s, (h, _) => HasTlsa(h))),
    ];

    /// <summary>Whether the check would have shown this finding if it were still so.</summary>
    /// <param name="facts">The check.</param>
    /// <param name="id">Id of the finding.</param>
    /// <param name="subject">Its subject: a DNS name, <c>host</c> or <c>host [address]</c>, or the domain.</param>
    public static bool Saw(DomainFacts facts, string id, string subject) =>
        Array.Find(Table, row => id.StartsWith(row.Prefix, StringComparison.Ordinal)).Saw is { } saw && saw(facts, subject);

    // How far getting the policy came: the last step about which something was learnt.
    private static int Reached(DomainFacts facts) =>
        facts.Sts switch
        {
            { Selection: null } => Nothing,
            { Selection: not StsRecordSelection.Valid } => PolicyText, // without a record there is no policy, whatever a host serves
            { Fetch: { Outcome: FetchOutcome.Body } } => PolicyText,
            { Fetch: { Outcome: FetchOutcome.Failed failed } fetch } => Reached(
                failed,
                fetch.Attempts.Any(a => a.Tls is not null)
            ),
            _ => Nothing,
        };

    private static int Reached(FetchOutcome.Failed failed, bool hadTls) =>
        failed switch
        {
            { Failure: FetchFailure.DnsFailed } => Nothing,
            { Failure: FetchFailure.DnsAbsent or FetchFailure.AddressRefused } => HostDns,
            { Failure: FetchFailure.Tcp } => failed.Ours ? HostDns : HostTcp,
            { Failure: FetchFailure.Timeout } => (failed.Ours, hadTls) switch
            {
                (false, true) => HostHttp,
                (true, true) => HostTls,
                _ => HostDns,
            },
            { Ours: true } => HostDns,
            {
                Failure: FetchFailure.TlsVersion
                    or FetchFailure.TlsAlert
                    or FetchFailure.TlsHandshake
                    or FetchFailure.TlsName
                    or FetchFailure.TlsExpired
                    or FetchFailure.TlsUntrusted
            } => HostTls,
            _ => HostHttp,
        };

    private static bool EveryAddress(DomainFacts facts) =>
        Reached(facts) == PolicyText
        && facts.Sts.Fetch?.Attempts.Any(a => a.Outcome is FetchOutcome.Failed { Ours: true }) is not true;

    private static bool Coverage(DomainFacts facts) => Reached(facts) == PolicyText && facts.Mx is not MxLookup.Failed;

    private static bool Elsewhere(DomainFacts facts, DnsAnswer<string> other) =>
        facts.ApexTxt is not DnsAnswer<string>.Failed && other is not DnsAnswer<string>.Failed;

    private static bool EveryHost(DomainFacts facts, Func<SessionFacts, bool> saw) =>
        Hosts(facts, facts.Domain.Value, (h, a) => Sessions(h, a, saw));

    // A subject names one host, or the domain and with it all of its hosts.
    private static bool Hosts(DomainFacts facts, string subject, Func<MxHostFacts, IPAddress?, bool> saw)
    {
        if (facts.Mx is MxLookup.Failed)
            return false;

        if (facts.Mx is not MxLookup.Hosts { InOrder: var published })
            return true;

        var bracket = subject.IndexOf(" [", StringComparison.Ordinal);
        var name = bracket < 0 ? subject : subject[..bracket];
        var address = bracket < 0 ? null : subject[(bracket + 2)..].TrimEnd(']');
        if (published.Any(h => h.Name.Value == name))
            return facts.Hosts.FirstOrDefault(h => h.Host.Name.Value == name) is { } host
                && HasAddresses(host)
                && saw(host, Read(address));

        return name != facts.Domain.Value || facts.Hosts.All(h => HasAddresses(h) && saw(h, null));
    }

    private static IPAddress? Read(string? address) => IPAddress.TryParse(address, out var read) ? read : null;

    private static bool HasAddresses(MxHostFacts host) =>
        host.V4 is not DnsAnswer<IPAddress>.Failed && host.V6 is not DnsAnswer<IPAddress>.Failed;

    private static bool HasTlsa(MxHostFacts host) => host.Dane is not DaneLookup.Failed;

    // Addresses that this machine can never reach (no IPv6 here, private) would keep a finding for ever, so for a host as a whole they do not count.
    private static bool Sessions(MxHostFacts host, IPAddress? address, Func<SessionFacts, bool> saw)
    {
        if (address is not null)
            return host.Sessions.FirstOrDefault(s => s.Probe.Address.Equals(address)) is { } session
                ? saw(session)
                : !Records(host.V4).Concat(Records(host.V6)).Contains(address);

        var reachable = host
            .Sessions.Where(s => s.Probe.Stop is not (ProbeStop.NotConnected { NoRoute: true } or ProbeStop.AddressRefused))
            .ToList();
        return reachable.Count > 0 && reachable.All(saw);
    }

    private static IReadOnlyList<IPAddress> Records(DnsAnswer<IPAddress> answer) =>
        answer is DnsAnswer<IPAddress>.Found found ? found.Records : [];

    private static bool IsAnswered(SessionFacts session) => session.Probe.Tls is not TlsOutcome.Unknown;

    private static bool IsEstablished(SessionFacts session) => session.Probe.Tls is TlsOutcome.Established;

    private static bool HasPointers(SessionFacts session) =>
        session.Probe.Stop is not (ProbeStop.NotConnected or ProbeStop.AddressRefused or ProbeStop.OverBudget)
        && session.Pointers is DnsAnswer<DomainName>.Found or DnsAnswer<DomainName>.Absent;
}
