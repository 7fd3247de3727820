using System.Globalization;
using Postseal.Checks.Facts;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Mx;

namespace Postseal.Checks.Rules;

/// <summary>The names a domain publishes at, and lines ready to be copied into a zone or a policy.</summary>
internal static class PublishLines
{
    // More mx lines than this say no more in a remedy than the first few.
    private const int MaxHosts = 5;

    /// <summary>Where the discovery record stands.</summary>
    public static string RecordName(DomainFacts facts) => $"{StsRecord.Label}.{facts.Domain}";

    /// <summary>Where the report record stands.</summary>
    public static string ReportsName(DomainFacts facts) => $"{TlsRptRecord.Label}.{facts.Domain}";

    /// <summary>The policy host.</summary>
    public static string PolicyHost(DomainFacts facts) => $"{StsPolicy.HostLabel}.{facts.Domain}";

    /// <summary>Where the policy is fetched (RFC 8461 §3.3).</summary>
    public static string PolicyUrl(DomainFacts facts) => $"https://{PolicyHost(facts)}{StsPolicy.Path}";

    /// <summary>A good discovery record with a new id.</summary>
    public static string Record(DomainFacts facts) => Record(facts, RecordName(facts));

    /// <summary>A good discovery record, or whom to ask for one when the name is a CNAME: no other record may stand beside that.</summary>
    public static string PublishRecord(DomainFacts facts) =>
        DiscoveryRecordTexts.Target(facts.Sts.Txt) is { } target
            ? $"Ask the operator of {target}, where your CNAME leads, to publish:\n{Record(facts, target.Value)}"
            : $"Publish this instead:\n{Record(facts)}";

    /// <summary>What makes senders notice a change of the policy (RFC 8461 §3.3).</summary>
    public static string ChangeId(DomainFacts facts) =>
        DiscoveryRecordTexts.Target(facts.Sts.Txt) is { } target
            ? $"Then the id in the record must change; it is kept at {target}."
            : $"Then change the id, so that senders notice:\n{Record(facts)}";

    /// <summary>A good report record.</summary>
    public static string Reports(DomainFacts facts) => ReportsLine(facts.Domain.Value);

    /// <summary>A good report record for a domain, with the customary mailbox.</summary>
    public static string ReportsLine(string domain) => ReportsLine(domain, $"mailto:tls-reports@{domain}");

    /// <summary>A good report record for a domain.</summary>
    public static string ReportsLine(string domain, string rua) =>
        $"{TlsRptRecord.Label}.{domain}. IN TXT \"v=TLSRPTv1; rua={rua}\"";

    /// <summary>A good report record, or whom to ask for one when the name is a CNAME.</summary>
    public static string PublishReports(DomainFacts facts) =>
        DiscoveryRecordTexts.Target(facts.TlsRptTxt) is { } target
            ? $"Ask the operator of {target}, where your CNAME leads, for a valid record, or replace the CNAME by:\n{Reports(facts)}"
            : $"Publish this instead, with a mailbox that you read:\n{Reports(facts)}";

    /// <summary>An mx line for each MX host.</summary>
    public static string MxLines(DomainFacts facts) =>
        facts.Mx is MxLookup.Hosts { InOrder: var hosts }
            ? string.Join('\n', hosts.Take(MaxHosts).Select(h => $"mx: {h.Name}"))
            : $"mx: mail.{facts.Domain}";

    /// <summary>A good discovery record at a name.</summary>
    public static string RecordLine(string name, string id) => $"{name}. IN TXT \"v=STSv1; id={id};\"";

    /// <summary>The time of the check: letters and digits only, and never used before.</summary>
    public static string NewId(DateTimeOffset checkedAt) =>
        checkedAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture);

    private static string Record(DomainFacts facts, string name) => RecordLine(name, NewId(facts.CheckedAt));
}
