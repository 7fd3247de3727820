using System.Globalization;
using System.Text;
using Postseal.Checks.Findings;
using Postseal.Checks.Verdicts;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Dns;
using Postseal.Resolver.PolicyHost;
using Postseal.Resolver.Sts;

namespace Postseal.Checks.Json;

/// <summary>Turns a result into its JSON document.</summary>
public static class CheckDocuments
{
    // Names with many verification texts exist; records of ours have 255 characters at most in practice.
    private const int MaxTexts = 20;
    private const int MaxText = 2000;

    /// <summary>The document of one result.</summary>
    public static CheckDocument Of(CheckResult result) =>
        new(
            "postseal.check/1",
            result.Facts.Domain.Value,
            Time(result.Facts.CheckedAt),
            (long)result.Facts.Elapsed.TotalMilliseconds,
            Verdict(result),
            [.. result.Findings.Select(Finding)],
            Record(result.Facts.Sts),
            Policy(result.Facts.Sts),
            PolicyHostDocuments.Of(result.Facts.Sts.Fetch),
            TlsRpt(result.Facts.TlsRpt),
            [.. result.Facts.Hosts.Select(MxDocuments.Of)]
        )
        {
            Texts = new(Texts(result.Facts.Sts.Txt), Texts(result.Facts.TlsRptTxt)),
        };

    /// <summary>The wire name of a level.</summary>
    public static string Wire(Level level) => level.ToString().ToLowerInvariant();

    /// <summary>The wire name of a mail verdict.</summary>
    public static string Wire(MailVerdict verdict) =>
        verdict == MailVerdict.AtRisk ? "at-risk" : verdict.ToString().ToLowerInvariant();

    /// <summary>The wire name of a protection verdict.</summary>
    public static string Wire(ProtectionVerdict verdict) => verdict.ToString().ToLowerInvariant();

    /// <summary>A time as RFC 3339 in UTC, whole seconds.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static VerdictPart Verdict(CheckResult result) =>
        new(
            Wire(result.Verdict.Mail),
            Wire(result.Verdict.Protection),
            result.Verdict.Summary,
            VerdictText.Mail(result.Facts, result.Verdict.Mail),
            VerdictText.Protection(result.Facts, result.Verdict.Protection)
        );

    private static FindingPart Finding(Finding f) => new(f.Id, Wire(f.Level), f.Subject, f.Summary, f.Remedy, f.Rfc, f.Evidence);

    private static RecordPart? Record(StsEvidence sts)
    {
        var ttl = sts.Txt is DnsAnswer<string>.Found found ? (long?)found.Ttl.TotalSeconds : null;
        return sts.Selection switch
        {
            StsRecordSelection.Valid valid => new(valid.Text, valid.Record.Id, ttl),
            StsRecordSelection.Invalid invalid => new(invalid.Text, null, ttl),
            _ => null,
        };
    }

    private static string[] Texts(DnsAnswer<string> answer) =>
        answer is DnsAnswer<string>.Found { Records: var records }
            ? [.. records.Take(MaxTexts).Select(t => t.Length > MaxText ? $"{t[..MaxText]}…" : t)]
            : [];

    private static PolicyPart? Policy(StsEvidence sts)
    {
        if (sts.Fetch?.Outcome is not FetchOutcome.Body { Bytes: var bytes })
            return null;

        var text = Encoding.UTF8.GetString(bytes.Span);
        return sts.Lookup is StsLookup.Found { Policy: var policy }
            ? new(text, policy.Mode.ToString().ToLowerInvariant(), policy.MaxAge, [.. policy.Mx.Select(m => m.ToString())])
            : new(text, null, null, null);
    }

    private static TlsRptPart? TlsRpt(TlsRptRecordSelection? selection) =>
        selection switch
        {
            TlsRptRecordSelection.Valid valid => new(valid.Text, [.. valid.Record.Rua.Select(u => u.Text)]),
            TlsRptRecordSelection.Invalid invalid => new(invalid.Text, null),
            _ => null,
        };
}
