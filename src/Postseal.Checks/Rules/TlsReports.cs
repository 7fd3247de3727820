using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Dns;

namespace Postseal.Checks.Rules;

/// <summary>The <c>_smtp._tls</c> TXT record, by which a domain asks for reports on failed TLS (RFC 8460 §3).</summary>
public static class TlsReports
{
    private const string Ignored = "Nobody sends reports.";

    /// <summary>The record is there, or the likeliest reason why it is not.</summary>
    public static IEnumerable<Finding> Published(DomainFacts facts)
    {
        var name = PublishLines.ReportsName(facts);
        if (facts.TlsRptTxt is DnsAnswer<string>.Failed failed)
            return DiscoveryRecordTexts.NothingAnswers(facts) ? [] : [Untold(name, failed)];

        return facts.TlsRpt switch
        {
            TlsRptRecordSelection.Valid => [Finding.Of("rpt-missing", Level.Ok, name, "A TLS report record is published.")],
            TlsRptRecordSelection.None none => Absent(facts, none),
            _ => [],
        };
    }

    /// <summary>Several records: none counts.</summary>
    public static IEnumerable<Finding> Multiple(DomainFacts facts)
    {
        if (facts.TlsRpt is not TlsRptRecordSelection.Multiple { Candidates: var candidates })
            yield break;

        yield return Finding.Of(
            "rpt-multiple",
            Level.Off,
            PublishLines.ReportsName(facts),
            $"There are {Wording.Number(candidates.Length)} TLS report records. With more than one, none counts. {Ignored}",
            $"Keep one; it may hold several addresses with commas between them. {PublishLines.PublishReports(facts)}",
            ("records", Wording.Joined(candidates))
        );
    }

    /// <summary>The first fault of the record, or that there is none.</summary>
    public static IEnumerable<Finding> Grammar(DomainFacts facts)
    {
        if (facts.TlsRpt is TlsRptRecordSelection.Valid { Record.Rua: var rua } && rua.Any(u => u is not ReportUri.Unusable))
        {
            yield return Finding.Of(
                "rpt-syntax",
                Level.Ok,
                PublishLines.ReportsName(facts),
                $"The TLS report record is well-formed; reports go to {Wording.Series(TlsReportTargets.Usable(rua))}.",
                null,
                ("rua", Wording.Joined(TlsReportTargets.Usable(rua)))
            );
        }

        if (facts.TlsRpt is TlsRptRecordSelection.Invalid { Text: var text, Error: var error })
        {
            yield return error.Code switch
            {
                TlsRptErrors.Version => Off(
                    "rpt-version",
                    facts,
                    $"The TLS report record does not begin with v=TLSRPTv1; exactly. {Ignored}",
                    text
                ),
                TlsRptErrors.RuaMissing => Off(
                    "rpt-rua-missing",
                    facts,
                    $"The TLS report record has no rua, so no address. {Ignored}",
                    text
                ),
                _ => Off(
                    "rpt-syntax",
                    facts,
                    $"The TLS report record is not a list of name=value fields with one semicolon between them ({Wording.Quote(text)}). {Ignored}",
                    text
                ),
            };
        }
    }

    /// <summary>Fields that mean nothing, or come again.</summary>
    public static IEnumerable<Finding> Fields(DomainFacts facts)
    {
        if (facts.TlsRpt is not TlsRptRecordSelection.Valid { Record: var record, Text: var text })
            yield break;

        var names = record.Extensions.Select(f => f.Name).ToLookup(n => n, StringComparer.Ordinal);
        var repeated = names
            .Where(g => g.Count() > 1 || g.Key == "v")
            .Select(g => g.Key)
            .Concat(record.RuaFields > 1 ? ["rua"] : [])
            .ToList();
        if (repeated.Count > 0)
        {
            yield return Finding.Of(
                "rpt-dup-tag",
                Level.Warn,
                PublishLines.ReportsName(facts),
                $"A field appears twice in the TLS report record ({Wording.Series(repeated)}). Some reporters read only the first, some none.",
                "Use each field once; several addresses go into one rua with commas between them.",
                ("fields", Wording.Joined(repeated)),
                ("record", text)
            );
        }

        var unknown = names.Select(g => g.Key).Where(n => n != "v").ToList();
        if (unknown.Count > 0)
        {
            yield return Finding.Of(
                "rpt-unknown-tag",
                Level.Info,
                PublishLines.ReportsName(facts),
                $"The TLS report record has fields that mean nothing to reporters ({Wording.Series(unknown)}). They are allowed and ignored.",
                "If one of them is a misspelling, correct it; the known fields are v and rua, in lower case.",
                ("fields", Wording.Joined(unknown))
            );
        }
    }

    private static Finding Untold(string name, DnsAnswer<string>.Failed failed) =>
        Finding.Of(
            "rpt-missing",
            Level.Unknown,
            name,
            $"The TLS report record could not be looked up, because {DiscoveryRecordTexts.Because(failed.Failure)}.",
            "Try again later; if it stays so, look at the domain's name servers.",
            ("failure", failed.Failure.ToString()),
            ("detail", failed.Detail)
        );

    private static IEnumerable<Finding> Absent(DomainFacts facts, TlsRptRecordSelection.None none)
    {
        var name = PublishLines.ReportsName(facts);
        if (DiscoveryRecordTexts.NearMiss(none.Unrelated, "v=TLSRPTv1", "TLSRPT", "rua=") is { } miss)
            yield return Missed(facts, miss.Text, miss.Miss);
        else if (none.Unrelated.FirstOrDefault(DiscoveryRecordTexts.IsSpf) is { } spf)
        {
            yield return Finding.Of(
                "rpt-is-spf",
                DiscoveryRecordTexts.TakesNoMail(facts) ? Level.Info : Level.Off,
                name,
                $"This name answers with an SPF record ({Wording.Quote(spf)}), probably by a wildcard or a CNAME. {Ignored}",
                $"Give this name its own record:\n{PublishLines.Reports(facts)}",
                ("record", spf)
            );
        }
        else if (Elsewhere(facts) is var (place, text))
        {
            yield return Finding.Of(
                "rpt-wrong-place",
                Level.Off,
                name,
                $"The TLS report record stands at {place}. Reporters look for it at {name} only.",
                $"Move it:\n{PublishLines.Reports(facts)}",
                ("record", text),
                ("place", place)
            );
        }
        else if (!DiscoveryRecordTexts.TakesNoMail(facts))
            yield return Missing(facts);
    }

    // Without a policy there is little to report on; with one, failures stay unseen.
    private static Finding Missing(DomainFacts facts)
    {
        var isProtected =
            facts.Sts.Selection is not (null or StsRecordSelection.None)
            || facts.Hosts.Any(h => h.Dane is DaneLookup.Usable or DaneLookup.Unusable);
        var target = DiscoveryRecordTexts.Target(facts.TlsRptTxt) is { } alias
            ? $" (the name is a CNAME to {alias}, where no such record is)"
            : "";
        return Finding.Of(
            "rpt-missing",
            isProtected ? Level.Warn : Level.Info,
            PublishLines.ReportsName(facts),
            isProtected
                ? $"The domain asks for no TLS reports{target}, so nobody tells you when senders cannot deliver by your policy."
                : $"The domain asks for no TLS reports{target}.",
            $"Publish this, with a mailbox that you read:\n{PublishLines.Reports(facts)}"
        );
    }

    private static (string Place, string Text)? Elsewhere(DomainFacts facts)
    {
        if (DiscoveryRecordTexts.Starting(facts.ApexTxt, "v=TLSRPTv1") is { } apex)
            return (facts.Domain.Value, apex);

        return DiscoveryRecordTexts.Starting(facts.Sts.Txt, "v=TLSRPTv1") is { } record
            ? (PublishLines.RecordName(facts), record)
            : null;
    }

    private static Finding Missed(DomainFacts facts, string text, DiscoveryRecordTexts.Miss miss) =>
        miss switch
        {
            DiscoveryRecordTexts.Miss.NothingElse => Off(
                "rpt-rua-missing",
                facts,
                $"The TLS report record has no rua, so no address. {Ignored}",
                text
            ),
            DiscoveryRecordTexts.Miss.Separator => Off(
                "rpt-syntax",
                facts,
                $"In the TLS report record no semicolon follows v=TLSRPTv1 ({Wording.Quote(text)}). {Ignored}",
                text
            ),
            _ => Off(
                "rpt-version",
                facts,
                $"The TLS report record does not begin with v=TLSRPTv1; ({Wording.Quote(text)}). {Ignored}",
                text
            ),
        };

    private static Finding Off(string id, DomainFacts facts, string summary, string text) =>
        Finding.Of(id, Level.Off, PublishLines.ReportsName(facts), summary, PublishLines.PublishReports(facts), ("record", text));
}
