using System.Collections.Immutable;
using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Protocol;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Decisions;

namespace Postseal.Checks.Rules;

/// <summary>The addresses that TLS reports go to (RFC 8460 §3, §5).</summary>
public static class TlsReportTargets
{
    /// <summary>Addresses that no reporter can use. Without another one there are no reports.</summary>
    public static IEnumerable<Finding> Unusable(DomainFacts facts)
    {
        if (facts.TlsRpt is not TlsRptRecordSelection.Valid { Record.Rua: var rua })
            return [];

        var isOff = rua.All(u => u is ReportUri.Unusable);
        return rua.OfType<ReportUri.Unusable>()
            .GroupBy(u => u.Error.Code)
            .Select(g =>
                g.Key switch
                {
                    TlsRptErrors.UriMailto => Bad(
                        "rpt-rua-bad-mailto",
                        "is no single mail address",
                        $"mailto:tls-reports@{facts.Domain}",
                        g
                    ),
                    TlsRptErrors.UriHttps => Bad(
                        "rpt-rua-bad-https",
                        "names no usable web server",
                        $"https://reports.{facts.Domain}/tls",
                        g
                    ),
                    TlsRptErrors.UriScheme => Bad(
                        "rpt-rua-bad-uri",
                        "begins with neither mailto: nor https:",
                        $"mailto:tls-reports@{facts.Domain}",
                        g
                    ),
                    _ => Bad(
                        "rpt-rua-bad-uri",
                        "is no URI (the characters ! , ; must be written %21 %2C %3B)",
                        $"mailto:tls-reports@{facts.Domain}",
                        g
                    ),
                }
            );

        Finding Bad(string id, string what, string example, IEnumerable<ReportUri.Unusable> uris)
        {
            var texts = uris.Select(u => u.Text).ToList();
            return Finding.Of(
                id,
                isOff ? Level.Off : Level.Warn,
                PublishLines.ReportsName(facts),
                $"A report address {what} ({Wording.Series(texts)}). {(isOff ? "Nobody sends reports." : "Reports go to the other addresses only.")}",
                $"Correct it, for example:\n{PublishLines.ReportsName(facts)}. IN TXT \"v=TLSRPTv1; rua={example}\"",
                ("addresses", Wording.Joined(texts))
            );
        }
    }

    /// <summary>More than one address, and addresses given twice.</summary>
    public static IEnumerable<Finding> Several(DomainFacts facts)
    {
        if (facts.TlsRpt is not TlsRptRecordSelection.Valid { Record.Rua: var rua })
            yield break;

        var usable = Usable(rua);
        var distinct = usable.Distinct(StringComparer.Ordinal).ToList();
        if (distinct.Count > 1)
        {
            yield return Finding.Of(
                "rpt-rua-many",
                Level.Warn,
                PublishLines.ReportsName(facts),
                $"There are {Wording.Number(distinct.Count)} report addresses. Some reporters, Microsoft among them, use the first one only.",
                "Put the address that matters most first, or keep one and pass the reports on from there.",
                ("rua", Wording.Joined(distinct))
            );
        }

        var repeated = usable.GroupBy(u => u, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        if (repeated.Count > 0)
        {
            yield return Finding.Of(
                "rpt-rua-dup",
                Level.Warn,
                PublishLines.ReportsName(facts),
                $"A report address is listed twice ({Wording.Series(repeated)}). You may get every report twice.",
                "List it once.",
                ("addresses", Wording.Joined(repeated))
            );
        }
    }

    /// <summary>Addresses in another domain: allowed, and worth knowing.</summary>
    public static IEnumerable<Finding> Foreign(DomainFacts facts)
    {
        if (facts.TlsRpt is not TlsRptRecordSelection.Valid { Record.Rua: var rua })
            yield break;

        var foreign = rua.Where(u => Domain(u) is { } d && !d.IsWithin(facts.Domain) && !facts.Domain.IsWithin(d))
            .Select(u => Domain(u)!.Value);
        if (foreign.Distinct().ToList() is not { Count: > 0 } domains)
            yield break;

        yield return Finding.Of(
            "rpt-rua-not-ours",
            Level.Info,
            PublishLines.ReportsName(facts),
            $"Reports go to another domain ({Wording.Series(domains)}). It learns which servers send you mail, and how much.",
            "Nothing, if that is the service you chose. If you no longer use it, take its address out.",
            ("domains", Wording.Joined(domains))
        );
    }

    /// <summary>Addresses that cannot take a report.</summary>
    public static IEnumerable<Finding> Unreachable(DomainFacts facts) =>
        from target in facts.ReportTargets
        where target.Problem is not null
        select Finding.Of(
            "rpt-rua-unreachable",
            target.Unknown ? Level.Unknown : Level.Warn,
            PublishLines.ReportsName(facts),
            target.Unknown
                ? $"Whether {Wording.Quote(target.Target.Text)} can take reports could not be tested. {Wording.Quote(target.Detail ?? "")}".TrimEnd()
                : $"{Wording.Quote(target.Target.Text)} cannot take reports. {Wording.Quote(target.Detail ?? "")}".TrimEnd(),
            target.Problem == "port" ? "Nothing, if reports arrive there."
                : target.Unknown ? "Try again later."
                : "Repair it, or name another address.",
            ("address", target.Target.Text),
            ("problem", target.Problem ?? ""),
            ("detail", target.Detail ?? "")
        );

    /// <summary>The report on a failure would have to pass the very hosts that fail.</summary>
    public static IEnumerable<Finding> SelfLock(DomainFacts facts)
    {
        if (facts.TlsRpt is not TlsRptRecordSelection.Valid { Record.Rua: var rua } || rua.Any(u => u is ReportUri.Https))
            yield break;

        var failing = facts.Hosts.Where(Fails).Select(h => h.Host.Name).ToHashSet();
        var targets = facts.ReportTargets.Where(t => t.Target is ReportUri.Mail).ToList();
        if (targets.Count == 0 || !targets.All(t => t.MxHosts.Count > 0 && t.MxHosts.All(failing.Contains)))
            yield break;

        yield return Finding.Of(
            "rpt-rua-self-lock",
            Level.Warn,
            PublishLines.ReportsName(facts),
            $"Reports go to a mailbox behind the mail hosts that senders refuse now ({Wording.Series([.. failing.Select(h => h.Value)])}), so many will not arrive.",
            $"Add an address that does not depend on these hosts, for example one by HTTPS:\n"
                + $"{PublishLines.ReportsName(facts)}. IN TXT \"v=TLSRPTv1; rua=https://tls-reports.example.net/,{Wording.Quote(targets[0].Target.Text)}\"",
            ("hosts", Wording.Joined(failing.Select(h => h.Value)))
        );
    }

    /// <summary>The addresses that reporters can use, as written.</summary>
    internal static IReadOnlyList<string> Usable(ImmutableArray<ReportUri> rua) =>
        [.. rua.Where(u => u is not ReportUri.Unusable).Select(u => u.Text)];

    private static bool Fails(MxHostFacts host) =>
        host.Decision is Decision.Refuse
        || (host.Sessions.Count > 0 && host.Sessions.All(s => s.Verdict is SessionVerdict.Avoid));

    private static DomainName? Domain(ReportUri uri) =>
        uri switch
        {
            ReportUri.Mail mail => mail.Domain,
            ReportUri.Https https => DomainName.TryParse(https.Uri.IdnHost, out var host, out _) ? host : null,
            _ => null,
        };
}
