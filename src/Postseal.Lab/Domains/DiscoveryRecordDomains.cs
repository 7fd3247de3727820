using Postseal.Lab.Dns;
using static Postseal.Lab.Domains.LabDomains;

namespace Postseal.Lab.Domains;

/// <summary>Faults of the <c>_mta-sts</c> TXT record.</summary>
internal static class DiscoveryRecordDomains
{
    private const string Owner = "_mta-sts";
    private const string Spf = "v=spf1 -all";
    private const string Record = $"v=STSv1; id={LabDomain.PolicyId};";

    public static LabDomain[] All { get; } =
    [
        Good("sts-txt-missing", "A policy is served, but no TXT record tells of it").Without(Owner),
        Good("sts-txt-wrong-place", "The MTA-STS record stands at the domain itself").Without(Owner).AddTxt("@", Record),
        Good("sts-txt-is-spf", "_mta-sts answers with an SPF record").Txt(Owner, Spf),
        Good("sts-txt-multiple", "Two MTA-STS records").Txt(Owner, Record, "v=STSv1; id=20250101T120000;"),
        Good("sts-txt-unrelated", "A foreign TXT record beside the MTA-STS record").Txt(Owner, Record, "site-verification=8d2f"),
        Good("sts-txt-version", "The record begins with v=STSV1").Txt(Owner, $"v=STSV1; id={LabDomain.PolicyId};"),
        Good("sts-txt-id-missing", "The record has a field, but no id").Txt(Owner, "v=STSv1; note=hello;"),
        Good("sts-txt-id-syntax", "The id has hyphens").Txt(Owner, "v=STSv1; id=2026-11-01;"),
        Good("sts-txt-dup-field", "Two ids in one record").Txt(Owner, $"v=STSv1; id={LabDomain.PolicyId}; id=20250101T120000;"),
        Good("sts-txt-malformed", "Two semicolons in a row").Txt(Owner, $"v=STSv1;; id={LabDomain.PolicyId};"),
        Good("sts-txt-ext-key", "An extension field begins with a hyphen").Txt(Owner, $"{Record} -note=hello;"),
        Good("sts-txt-ext-value", "An extension field has no value").Txt(Owner, $"{Record} note=;"),
        Good("sts-txt-policy-fields", "Mode and mx stand in the TXT record")
            .Txt(Owner, $"{Record} mode=enforce; mx=mx1.lab.test;"),
        Good("sts-txt-cname", "The record is kept by a provider (CNAME)")
            .Without(Owner)
            .Add(new ZoneRecord.Cname(Owner, "sts-txt-cname.mta-sts.other.test."))
            .AddTxt("sts-txt-cname.mta-sts.other.test.", Record),
        Good("sts-txt-dangling-cname", "The record's CNAME leads to a name that does not exist")
            .Replace(Owner, new ZoneRecord.Cname(Owner, "sts-txt-dangling-cname.mta-sts.other.test.")),
        Good("sts-txt-dns-fail", "The name server fails for _mta-sts (SERVFAIL)")
            .Replace(Owner, new ZoneRecord.Fault(Owner, DnsFault.ServFail)),
        Good("sts-txt-dnssec", "Nothing: the record is signed (DNSSEC)") with
        {
            HasDnssec = true,
        },
        Good("sts-txt-ttl", "The record's TTL is two days").Without(Owner).AddTxt(Owner, Record, ttl: 172_800),
    ];
}
