using System.Net;
using Postseal.Protocol;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Postseal.Resolver.Sts;
using Postseal.Smtp.Probe;

namespace Postseal.Checks.Facts;

/// <summary>Everything gathered about one domain; the rules read it and nothing else.</summary>
/// <param name="Domain">The policy domain.</param>
/// <param name="CheckedAt">When gathering began.</param>
/// <param name="Elapsed">How long gathering took.</param>
/// <param name="Sts">The MTA-STS side; its fetch covers every address of the policy host.</param>
/// <param name="TlsRptTxt">The answer at <c>_smtp._tls</c>.</param>
/// <param name="TlsRpt">What RFC 8460 §3 makes of it; null when DNS failed.</param>
/// <param name="ReportTargets">Reachability of each usable report address.</param>
/// <param name="ApexTxt">TXT at the domain itself, for records in the wrong place.</param>
/// <param name="Mx">Who takes the mail.</param>
/// <param name="Hosts">One per MX host, in order of preference; empty unless <paramref name="Mx"/> names hosts.</param>
public sealed record DomainFacts(
    DomainName Domain,
    DateTimeOffset CheckedAt,
    TimeSpan Elapsed,
    StsEvidence Sts,
    DnsAnswer<string> TlsRptTxt,
    TlsRptRecordSelection? TlsRpt,
    IReadOnlyList<ReportTargetFacts> ReportTargets,
    DnsAnswer<string> ApexTxt,
    MxLookup Mx,
    IReadOnlyList<MxHostFacts> Hosts
)
{
    /// <summary>What gathering cost; without the policy host, which has bounds of its own.</summary>
    public CheckCost Cost { get; init; } = new(0, 0, 0);
}

/// <summary>What a check cost others and us.</summary>
/// <param name="Connections">Tried to MX hosts and to the hosts of report addresses, at most <see cref="CheckBudget.MaxConnections"/>.</param>
/// <param name="Questions">Asked in DNS, at most <see cref="CheckBudget.MaxQuestions"/>.</param>
/// <param name="Bytes">Received, at most <see cref="CheckBudget.MaxBytes"/>.</param>
public sealed record CheckCost(int Connections, int Questions, long Bytes);

/// <summary>What was learnt about one MX host.</summary>
/// <param name="Host">Name and preference.</param>
/// <param name="V4">Its A records.</param>
/// <param name="V6">Its AAAA records.</param>
/// <param name="Dane">Its TLSA records.</param>
/// <param name="Decision">What a compliant sender demands of it.</param>
/// <param name="Sessions">One per address, in the order tried by a sender.</param>
public sealed record MxHostFacts(
    MxHost Host,
    DnsAnswer<IPAddress> V4,
    DnsAnswer<IPAddress> V6,
    DaneLookup Dane,
    Decision Decision,
    IReadOnlyList<SessionFacts> Sessions
);

/// <summary>One probed address and what the decision makes of it.</summary>
/// <param name="Probe">The facts.</param>
/// <param name="Verdict">Whether a compliant sender would use this session.</param>
/// <param name="Pointers">PTR names of the address; null when not asked.</param>
public sealed record SessionFacts(ProbeResult Probe, SessionVerdict Verdict, DnsAnswer<DomainName>? Pointers);

/// <summary>Whether a report address can take reports.</summary>
/// <param name="Target">The address.</param>
/// <param name="Problem">Stable code of what is wrong (<c>no-mx</c>, <c>null-mx</c>, <c>dns</c>, <c>tcp</c>, <c>tls-name</c> …); null when nothing is.</param>
/// <param name="Detail">One plain sentence about the problem.</param>
/// <param name="Unknown">The problem says nothing about the target (our DNS or network failed).</param>
/// <param name="MxHosts">For mail: the hosts that take it.</param>
public sealed record ReportTargetFacts(
    ReportUri Target,
    string? Problem,
    string? Detail,
    bool Unknown,
    IReadOnlyList<DomainName> MxHosts
);
