using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Dns;

namespace Postseal.Checks.Rules;

/// <summary>Whether the <c>_mta-sts</c> TXT record is there, once, and in the right place (RFC 8461 §3.1).</summary>
public static class DiscoveryRecord
{
    /// <summary>From this TTL on a new policy is slow to be noticed. Shorter ones cost nothing.</summary>
    public static readonly TimeSpan LongTtl = TimeSpan.FromDays(1);

    /// <summary>The look-up failed: nothing is known.</summary>
    public static IEnumerable<Finding> Failure(DomainFacts facts)
    {
        if (facts.Sts.Txt is not DnsAnswer<string>.Failed failed)
            yield break;

        var because = DiscoveryRecordTexts.Because(failed.Failure);
        var nothingAnswers = DiscoveryRecordTexts.NothingAnswers(facts);
        yield return Finding.Of(
            "sts-txt-dns-fail",
            Level.Unknown,
            PublishLines.RecordName(facts),
            nothingAnswers
                ? $"No DNS look-up of {facts.Domain} gave an answer, because {because}. Nothing could be tested."
                : $"The MTA-STS record could not be looked up, because {because}. Whether there is one is not known.",
            Remedy(facts, failed.Failure, nothingAnswers),
            ("failure", failed.Failure.ToString()),
            ("detail", failed.Detail)
        );
    }

    /// <summary>The record is there, or the likeliest reason why it is not.</summary>
    public static IEnumerable<Finding> Published(DomainFacts facts) =>
        facts.Sts.Selection switch
        {
            StsRecordSelection.Valid => [Present(facts)],
            StsRecordSelection.None none => Absent(facts, none),
            _ => [],
        };

    /// <summary>Several records: none counts.</summary>
    public static IEnumerable<Finding> Multiple(DomainFacts facts)
    {
        if (facts.Sts.Selection is not StsRecordSelection.Multiple { Candidates: var candidates })
            yield break;

        yield return Finding.Of(
            "sts-txt-multiple",
            Level.Off,
            PublishLines.RecordName(facts),
            $"There are {Wording.Number(candidates.Length)} MTA-STS records. With more than one, senders use none of them.",
            DiscoveryRecordTexts.Target(facts.Sts.Txt) is null
                ? $"Replace them by one:\n{PublishLines.Record(facts)}"
                : PublishLines.PublishRecord(facts),
            ("records", Wording.Joined(candidates))
        );
    }

    /// <summary>Other TXT records beside the one that counts.</summary>
    public static IEnumerable<Finding> Unrelated(DomainFacts facts)
    {
        if (facts.Sts.Selection is not StsRecordSelection.Valid { Unrelated: { Length: > 0 } unrelated })
            yield break;

        yield return Finding.Of(
            "sts-txt-unrelated",
            Level.Info,
            PublishLines.RecordName(facts),
            $"Other TXT records stand beside the MTA-STS record ({Wording.Series(unrelated)}). Senders ignore them.",
            null,
            ("records", Wording.Joined(unrelated))
        );
    }

    /// <summary>The record is kept by somebody else.</summary>
    public static IEnumerable<Finding> Delegation(DomainFacts facts)
    {
        if (
            facts.Sts.Selection is null or StsRecordSelection.None
            || DiscoveryRecordTexts.Target(facts.Sts.Txt) is not { } target
        )
            yield break;

        yield return Finding.Of(
            "sts-txt-cname",
            Level.Info,
            PublishLines.RecordName(facts),
            $"The MTA-STS record is kept at {target} (CNAME). Its operator decides when senders fetch your policy again.",
            null,
            ("target", target.Value)
        );
    }

    /// <summary>What DNS itself says about the answer: signed or not, and how long it is kept.</summary>
    public static IEnumerable<Finding> Answer(DomainFacts facts)
    {
        if (facts.Sts.Selection is null or StsRecordSelection.None || facts.Sts.Txt is not DnsAnswer<string>.Found found)
            yield break;

        if (found.Secure)
        {
            yield return Finding.Of(
                "sts-txt-dnssec",
                Level.Info,
                PublishLines.RecordName(facts),
                "The MTA-STS record is signed (DNSSEC), so senders that check signatures cannot be told that it is absent."
            );
        }

        if (found.Ttl >= LongTtl)
        {
            var hours = Wording.Number((int)Math.Min(found.Ttl.TotalHours, int.MaxValue));
            yield return Finding.Of(
                "sts-txt-ttl",
                Level.Info,
                PublishLines.RecordName(facts),
                $"The MTA-STS record may be kept for {hours} hours (TTL). A new policy may stay unnoticed for that long.",
                "Lower the TTL to an hour or less before you change the policy.",
                ("ttl", Wording.Number((int)Math.Min(found.Ttl.TotalSeconds, int.MaxValue)))
            );
        }
    }

    private static Finding Present(DomainFacts facts) =>
        Finding.Of("sts-txt-missing", Level.Ok, PublishLines.RecordName(facts), "An MTA-STS record is published.");

    private static IEnumerable<Finding> Absent(DomainFacts facts, StsRecordSelection.None none)
    {
        var target = DiscoveryRecordTexts.Target(facts.Sts.Txt);
        var name = PublishLines.RecordName(facts);
        if (DiscoveryRecordTexts.NearMiss(none.Unrelated, "v=STSv1", "STS", "id=") is { } miss)
            yield return DiscoveryRecordGrammar.Missed(facts, miss.Text, miss.Miss);
        else if (none.Unrelated.FirstOrDefault(DiscoveryRecordTexts.IsSpf) is { } spf)
        {
            yield return Finding.Of(
                "sts-txt-is-spf",
                DiscoveryRecordTexts.TakesNoMail(facts) ? Level.Info : Level.Off,
                name,
                target is null
                    ? $"This name answers with the domain's SPF record ({Wording.Quote(spf)}), probably by a wildcard. There is no MTA-STS record."
                    : $"This name is a CNAME to {target}, which answers with an SPF record ({Wording.Quote(spf)}). There is no MTA-STS record.",
                $"If the domain is to have MTA-STS, give this name its own record:\n{PublishLines.Record(facts)}",
                ("record", spf),
                ("target", target?.Value ?? "")
            );
        }
        else if (target is not null)
        {
            yield return Finding.Of(
                "sts-txt-dangling-cname",
                Level.Off,
                name,
                $"This name is a CNAME to {target}, and no MTA-STS record is there.",
                $"Ask the operator of {target} whether it still serves your domain; "
                    + $"if not, replace the CNAME by your own record:\n{PublishLines.Record(facts)}",
                ("target", target.Value)
            );
        }
        else if (Elsewhere(facts) is var (place, text))
        {
            yield return Finding.Of(
                "sts-txt-wrong-place",
                Level.Off,
                name,
                $"The MTA-STS record stands at {place}. Senders look for it at {name} only.",
                $"Move it:\n{PublishLines.Record(facts)}",
                ("record", text),
                ("place", place)
            );
        }
        else if (!DiscoveryRecordTexts.TakesNoMail(facts))
        {
            yield return Finding.Of(
                "sts-txt-missing",
                Level.Info,
                name,
                $"{facts.Domain} publishes no MTA-STS policy, so by MTA-STS no sender insists on TLS for its mail.",
                $"To change that, serve a policy at {PublishLines.PolicyUrl(facts)}, then publish:\n{PublishLines.Record(facts)}"
            );
        }
    }

    private static (string Place, string Text)? Elsewhere(DomainFacts facts)
    {
        if (DiscoveryRecordTexts.Starting(facts.ApexTxt, "v=STSv1") is { } apex)
            return (facts.Domain.Value, apex);

        return DiscoveryRecordTexts.Starting(facts.TlsRptTxt, "v=STSv1") is { } reports
            ? (PublishLines.ReportsName(facts), reports)
            : null;
    }

    private static string Remedy(DomainFacts facts, DnsFailure failure, bool nothingAnswers) =>
        (nothingAnswers, failure) switch
        {
            (_, DnsFailure.Bogus) =>
                "Check the zone's signatures: they may have expired, or the DS record in the parent zone may not fit.",
            (_, DnsFailure.AliasLoop) => $"Let the CNAME at {PublishLines.RecordName(facts)} lead straight to the record.",
            (true, _) =>
                "Try again in a moment. If it stays so, the fault is on the side that checks: its network, or the resolver that it asks.",
            _ =>
                "Try again later. If it stays so, look at the domain's name servers: some fail on names that begin with an underscore.",
        };
}
