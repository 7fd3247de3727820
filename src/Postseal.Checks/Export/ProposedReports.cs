using Postseal.Checks.Rules;
using Postseal.Protocol.TlsRpt;

namespace Postseal.Checks.Export;

/// <summary>TLS report records as we advise to publish them.</summary>
public static class ProposedReports
{
    /// <summary>True for <c>mailto:</c> and <c>https:</c> addresses, separated by commas, that reports can be sent to.</summary>
    public static bool IsAddress(string text) =>
        TlsRptRecord.TryParse($"v=TLSRPTv1; rua={text}", out var record, out _)
        && record.Rua.All(u => u is not ReportUri.Unusable);

    /// <summary>A record that keeps the usable ones of these addresses; where there is none, one with the customary mailbox.</summary>
    internal static string Line(string domain, IReadOnlyList<string> rua)
    {
        // A usable address has no character that would end a zone file's quoted string.
        var kept = rua.Where(u => ReportUri.From(u) is not ReportUri.Unusable).Distinct(StringComparer.Ordinal).ToArray();
        return kept.Length == 0 ? PublishLines.ReportsLine(domain) : PublishLines.ReportsLine(domain, string.Join(',', kept));
    }
}
