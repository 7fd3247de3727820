using Postseal.Lab.Dns;
using static Postseal.Lab.Domains.LabDomains;

namespace Postseal.Lab.Domains;

/// <summary>Faults of the <c>_smtp._tls</c> TXT record and of the addresses in it.</summary>
internal static class ReportRecordDomains
{
    private const string Owner = "_smtp._tls";
    private const string Mailbox = $"mailto:tls-reports@{Zone}";
    private const string Record = $"v=TLSRPTv1; rua={Mailbox}";

    public static LabDomain[] All { get; } =
    [
        Good("rpt-missing", "No record for TLS reports").Without(Owner),
        Good("rpt-multiple", "Two records for TLS reports").Txt(Owner, Record, $"v=TLSRPTv1; rua={Mailbox}.other"),
        Good("rpt-wrong-place", "The record for TLS reports stands at the domain itself").Without(Owner).AddTxt("@", Record),
        Good("rpt-is-spf", "_smtp._tls answers with an SPF record").Txt(Owner, "v=spf1 -all"),
        Good("rpt-version", "The record begins with v=TLSRPT1").Txt(Owner, $"v=TLSRPT1; rua={Mailbox}"),
        Good("rpt-syntax", "Two semicolons in a row").Txt(Owner, $"v=TLSRPTv1;; rua={Mailbox}"),
        Good("rpt-unknown-tag", "An unknown field").Txt(Owner, $"{Record}; fo=1"),
        Good("rpt-dup-tag", "Two rua fields").Txt(Owner, $"{Record}; rua={Mailbox}"),
        Good("rpt-rua-missing", "No rua field").Txt(Owner, "v=TLSRPTv1;"),
        Good("rpt-rua-bad-uri", "The address lacks mailto:").Txt(Owner, $"v=TLSRPTv1; rua=tls-reports@{Zone}"),
        Good("rpt-rua-bad-mailto", "The mail address has no domain").Txt(Owner, "v=TLSRPTv1; rua=mailto:tls-reports"),
        Good("rpt-rua-bad-https", "The web address has only one slash").Txt(Owner, $"v=TLSRPTv1; rua=https:/reports.{Zone}/tls"),
        Good("rpt-rua-many", "Two addresses").Txt(Owner, $"{Record},mailto:postmaster@{Zone}"),
        Good("rpt-rua-dup", "The same address twice").Txt(Owner, $"{Record},{Mailbox}"),
        Good("rpt-rua-not-ours", "The reports go to another organisation")
            .Txt(Owner, "v=TLSRPTv1; rua=mailto:tls-reports@other.test"),
        Good("rpt-rua-unreachable", "The mailbox is in a domain that takes no mail")
            .Txt(Owner, "v=TLSRPTv1; rua=mailto:tls-reports@nomail.rpt-rua-unreachable.lab.test")
            .Add(new ZoneRecord.Mx("nomail", 0, ".")),
        Good("rpt-rua-self-lock", "The report mailbox sits behind the MX host whose certificate has expired")
            .Txt(Owner, "v=TLSRPTv1; rua=mailto:tls-reports@rpt-rua-self-lock.lab.test")
            .ReceiverTls(Faces.Expired),
    ];
}
