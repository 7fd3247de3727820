using System.Globalization;
using Postseal.Checks.Json;
using Postseal.Checks.Rules;
using Postseal.Protocol.MtaSts;

namespace Postseal.Checks.Export;

/// <summary>Something to copy.</summary>
/// <param name="Title">What to do with it; ends without a full stop.</param>
/// <param name="Text">A line for a DNS zone, or a whole policy, whose lines end with CRLF.</param>
/// <param name="Notes">Sentences on what to mind.</param>
public sealed record CopyBlock(string Title, string Text, IReadOnlyList<string> Notes);

/// <summary>
/// What to publish so that what the check found wrong is right: only what is needed, complete, and in the order of publication. A certificate, a web server
/// or a mail server cannot be mended by a text; their findings say what to do.
/// </summary>
public static class CopyReady
{
    /// <summary>The texts; none when no text is missing or wrong.</summary>
    public static IReadOnlyList<CopyBlock> Of(CheckDocument document)
    {
        var need = CopyNeed.Of(document);
        var policy = need.Policy ? Policy(document) : null;
        return
        [
            .. need.Reports ? [Reports(document)] : Array.Empty<CopyBlock>(),
            .. need.Address ? [Address(document)] : Array.Empty<CopyBlock>(),
            .. policy is null ? Array.Empty<CopyBlock>() : [policy],
            .. need.Record || policy is not null ? [Record(document, policy is not null)] : Array.Empty<CopyBlock>(),
        ];
    }

    private static CopyBlock Reports(CheckDocument document) =>
        new(
            document.Findings.Any(f => f is { Id: "rpt-missing", Level: not "ok" })
                ? "Ask for TLS reports, so that failures are seen"
                : "Publish this TLS report record in place of what is there",
            ProposedReports.Line(document.Domain, document.Tlsrpt?.Rua ?? []),
            ["The mailbox must be one that you read, or that a report service reads for you."]
        );

    private static CopyBlock Address(CheckDocument document) =>
        new(
            "Point the policy host to a web server",
            $"{StsPolicy.HostLabel}.{document.Domain}. IN A <address of your web server>",
            [$"It needs a certificate for {StsPolicy.HostLabel}.{document.Domain}."]
        );

    /// <summary>
    /// A policy that is valid and enforced stays enforced; anything else begins with testing, in which no mail is refused. Hosts that would fail are listed all the
    /// same, since leaving out a host that takes mail would make it fail for good; the notes name them. Left out is what has no address: it takes no mail.
    /// </summary>
    private static CopyBlock Policy(CheckDocument document)
    {
        var mode = document.Policy?.Mode == "enforce" ? StsMode.Enforce : StsMode.Testing;
        var gone = Subjects(document, "mx-unresolvable");
        var hosts = document.Mx.Select(m => m.Host).Where(h => !gone.Contains(h)).ToArray();
        var policy = ProposedPolicy.Of(mode, MaxAge(document, mode), hosts);
        return new(
            $"Serve this text as text/plain at https://{StsPolicy.HostLabel}.{document.Domain}{StsPolicy.Path}",
            policy.ToString(),
            [
                .. document
                    .Mx.Where(m => !policy.Mx.Any(p => p.ToString() == m.Host))
                    .Select(m =>
                        gone.Contains(m.Host)
                            ? $"{m.Host} is left out: it has no address."
                            : $"{ExportText.Line(m.Host)} is left out: it is no host name. Rename the MX host."
                    ),
                .. Refused(document, hosts),
            ]
        );
    }

    private static IEnumerable<string> Refused(CheckDocument document, string[] hosts) =>
        from host in hosts
        let ids = document.Findings.Where(f => f.Subject == host && CopyNeed.IsRefusal(f)).Select(f => f.Id).Distinct().ToArray()
        where ids.Length > 0
        select $"{host} fails as it is ({string.Join(", ", ids)}): mend it, or senders refuse it once the mode is enforce.";

    /// <summary>What is published stays, unless the check objects to it.</summary>
    private static long MaxAge(CheckDocument document, StsMode mode) =>
        document.Policy?.MaxAge is { } published
        && !document.Findings.Any(f => f.Id.StartsWith("pol-maxage-", StringComparison.Ordinal) && CopyNeed.IsWrong(f))
            ? published
            : ProposedPolicy.MaxAge(mode);

    private static CopyBlock Record(CheckDocument document, bool announces)
    {
        var target = document.Findings.FirstOrDefault(f => f.Id == "sts-txt-cname")?.Evidence.GetValueOrDefault("target");
        var line = PublishLines.RecordLine(
            target ?? $"{StsRecord.Label}.{document.Domain}",
            PublishLines.NewId(DateTimeOffset.Parse(document.CheckedAt, CultureInfo.InvariantCulture))
        );
        var title = (target, announces) switch
        {
            (not null, _) => $"Ask the operator of {ExportText.Line(target)}, where your CNAME leads, to publish this",
            (_, true) => "Last, when the text can be fetched, announce it",
            _ => "Publish this in place of what is there",
        };
        return new(title, line, ["It must be the only record at its name that begins with v=STSv1."]);
    }

    private static HashSet<string> Subjects(CheckDocument document, string id) =>
        document.Findings.Where(f => f.Id == id && CopyNeed.IsWrong(f)).Select(f => f.Subject).ToHashSet(StringComparer.Ordinal);
}
