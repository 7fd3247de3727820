using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Checks.History;

namespace Postseal.Checks.Rules;

/// <summary>All rules: pure functions over the facts. Adding a check is one method and one line here.</summary>
public static class RuleBook
{
    private static readonly Func<DomainFacts, IEnumerable<Finding>>[] All =
    [
        DiscoveryRecord.Failure,
        DiscoveryRecord.Published,
        DiscoveryRecord.Multiple,
        DiscoveryRecord.Unrelated,
        DiscoveryRecord.Delegation,
        DiscoveryRecord.Answer,
        DiscoveryRecordGrammar.Valid,
        DiscoveryRecordGrammar.Duplicate,
        DiscoveryRecordGrammar.PolicyFields,
        PolicyHostReach.Address,
        PolicyHostReach.Connection,
        PolicyHostTls.Handshake,
        PolicyHostTls.Validity,
        PolicyHostHttp.Response,
        PolicyHostHttp.Caching,
        PolicyHostAddresses.Ipv6,
        PolicyHostAddresses.Others,
        PolicyTextFaults.Fault,
        PolicyText.Valid,
        PolicyText.MaxAge,
        PolicyText.MxAddresses,
        PolicyText.ListsPolicyHost,
        PolicyText.Remarks,
        TlsReports.Published,
        TlsReports.Multiple,
        TlsReports.Grammar,
        TlsReports.Fields,
        TlsReportTargets.Unusable,
        TlsReportTargets.Several,
        TlsReportTargets.Foreign,
        TlsReportTargets.Unreachable,
        TlsReportTargets.SelfLock,
        MxRecords.None,
        MxRecords.Null,
        MxRecords.Duplicate,
        MxRecords.Verification,
        MxAddresses.Unresolvable,
        MxAddresses.Alias,
        MxAddresses.Private,
        MxAddresses.Reverse,
        MxExtent.Partly,
        MxCoverage.Uncovered,
        MxCoverage.Hints,
        MxCoverage.Partly,
        MxCoverage.Unused,
        MxReach.Unreachable,
        MxReach.Blocked,
        MxReach.Greylisted,
        MxReach.SlowGreeters,
        MxReach.RefusesPlaintext,
        MxTransport.StartTls,
        MxTransport.HiddenStartTls,
        MxTransport.Handshake,
        MxTransport.OldVersions,
        MxTransport.Tls13,
        MxTransport.Sni,
        MxCertificates.Name,
        MxCertificates.Expired,
        MxCertificates.Untrusted,
        MxCertificates.SelfSigned,
        MxCertificates.Incomplete,
        MxCertificates.Signature,
        MxCertificates.Oversized,
        MxCertificates.ExtendedKeyUsage,
        MxCertificates.Remarks,
        MxCertificates.Expiring,
        MxCertificates.Good,
        MxVariance.Addresses,
        MxVariance.Hosts,
        DaneRecords.Present,
        DaneRecords.Unverifiable,
        DaneRecords.Mismatch,
        DaneRecords.Conflict,
        DaneParameters.Parameters,
        DaneParameters.PkixUsages,
        DaneParameters.Unmatched,
    ];

    private static readonly Func<DomainFacts, IReadOnlyList<Publication>, IEnumerable<Finding>>[] WithMemory =
    [
        PolicyText.Mode,
        PublicationHistory.Drift,
        PublicationHistory.Refetch,
    ];

    /// <summary>Applies every rule; findings come in the order of the catalogue, then by subject.</summary>
    public static IReadOnlyList<Finding> Judge(DomainFacts facts) => Judge(facts, []);

    /// <summary>The same with what earlier checks saw, latest first.</summary>
    public static IReadOnlyList<Finding> Judge(DomainFacts facts, IReadOnlyList<Publication> earlier)
    {
        var order = Catalogue.All.Index().ToDictionary(k => k.Item.Id, k => k.Index, StringComparer.Ordinal);
        return
        [
            .. All.SelectMany(rule => rule(facts))
                .Concat(WithMemory.SelectMany(rule => rule(facts, earlier)))
                .OrderBy(f => order[f.Id])
                .ThenBy(f => f.Subject, StringComparer.Ordinal),
        ];
    }
}
