using Postseal.Checks.Json;
using Postseal.Protocol.MtaSts;
using Postseal.Server.History;

namespace Postseal.Server.Api;

/// <summary>What earlier checks of a domain showed, schema <c>postseal.history/1</c>. Times are RFC 3339, UTC, whole seconds.</summary>
/// <param name="Schema">Always <c>postseal.history/1</c>.</param>
/// <param name="Domain">The domain.</param>
/// <param name="FirstChecked">The first check that is still remembered.</param>
/// <param name="LastChecked">The last one.</param>
/// <param name="Checks">How many there were.</param>
/// <param name="Findings">When each finding of level info and above appeared and went, latest first.</param>
/// <param name="Verdicts">The verdicts, one entry per change, latest first.</param>
/// <param name="Publications">Each run of checks that saw the same record id and policy text, latest first.</param>
public sealed record HistoryDocument(
    string Schema,
    string Domain,
    string FirstChecked,
    string LastChecked,
    long Checks,
    IReadOnlyList<FindingSpanPart> Findings,
    IReadOnlyList<VerdictSpanPart> Verdicts,
    IReadOnlyList<PublicationPart> Publications
)
{
    internal static HistoryDocument Of(string domain, DomainHistory history) =>
        new(
            "postseal.history/1",
            domain,
            CheckDocuments.Time(history.FirstChecked),
            CheckDocuments.Time(history.LastChecked),
            history.Checks,
            [.. history.Findings.Select(FindingSpanPart.Of)],
            [.. history.Verdicts.Select(VerdictSpanPart.Of)],
            [.. history.Publications.Select(PublicationPart.Of)]
        );
}

/// <summary>One finding about one subject, from when to when.</summary>
/// <param name="Id">Finding id.</param>
/// <param name="Level">Its level in the last check that showed it.</param>
/// <param name="Subject">What it is about; text from outside.</param>
/// <param name="Summary">Its sentence in the last check that showed it.</param>
/// <param name="FirstSeen">The first check that showed it.</param>
/// <param name="LastSeen">The last check that showed it.</param>
/// <param name="GoneAt">The first check that did not show it any more; null while it stays.</param>
public sealed record FindingSpanPart(
    string Id,
    string Level,
    string Subject,
    string Summary,
    string FirstSeen,
    string LastSeen,
    string? GoneAt
)
{
    internal static FindingSpanPart Of(FindingSpan span) =>
        new(
            span.Id,
            span.Level,
            span.Subject,
            span.Summary,
            CheckDocuments.Time(span.FirstSeen),
            CheckDocuments.Time(span.LastSeen),
            span.GoneAt is { } gone ? CheckDocuments.Time(gone) : null
        );
}

/// <summary>One verdict, from when to when.</summary>
/// <param name="Mail"><c>ok</c>, <c>at-risk</c>, <c>breaks</c> or <c>unknown</c>.</param>
/// <param name="Protection"><c>enforced</c>, <c>testing</c>, <c>off</c>, <c>none</c> or <c>unknown</c>.</param>
/// <param name="FirstSeen">The first check that gave it.</param>
/// <param name="LastSeen">The last check in a row that gave it.</param>
public sealed record VerdictSpanPart(string Mail, string Protection, string FirstSeen, string LastSeen)
{
    internal static VerdictSpanPart Of(VerdictSpan span) =>
        new(span.Mail, span.Protection, CheckDocuments.Time(span.FirstSeen), CheckDocuments.Time(span.LastSeen));
}

/// <summary>One record and the policy that was served beside it.</summary>
/// <param name="RecordId">The id of the record.</param>
/// <param name="PolicySha256">SHA-256 of the policy text as served, lower-case hexadecimal.</param>
/// <param name="Mode">The policy's mode: <c>enforce</c>, <c>testing</c> or <c>none</c>.</param>
/// <param name="MaxAge">The policy's max_age in seconds.</param>
/// <param name="FirstSeen">The first check that saw this pair.</param>
/// <param name="LastSeen">The last check that saw it.</param>
public sealed record PublicationPart(
    string RecordId,
    string PolicySha256,
    string Mode,
    long MaxAge,
    string FirstSeen,
    string LastSeen
)
{
    internal static PublicationPart Of(Postseal.Checks.History.Publication publication) =>
        new(
            publication.RecordId,
            publication.PolicySha256,
            publication.Mode.ToWire(),
            publication.MaxAge,
            CheckDocuments.Time(publication.FirstSeen),
            CheckDocuments.Time(publication.LastSeen)
        );
}
