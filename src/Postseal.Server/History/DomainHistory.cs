using Postseal.Checks.History;

namespace Postseal.Server.History;

/// <summary>What earlier checks of a domain showed; kept as changes, not as copies.</summary>
/// <param name="FirstChecked">The first check that is still remembered.</param>
/// <param name="LastChecked">The last one.</param>
/// <param name="Checks">How many there were.</param>
/// <param name="Findings">When each finding (of level info and above) appeared and went, latest first.</param>
/// <param name="Verdicts">The verdicts, one entry per change, latest first.</param>
/// <param name="Publications">Each run of checks that saw the same record id and policy text, latest first.</param>
public sealed record DomainHistory(
    DateTimeOffset FirstChecked,
    DateTimeOffset LastChecked,
    long Checks,
    IReadOnlyList<FindingSpan> Findings,
    IReadOnlyList<VerdictSpan> Verdicts,
    IReadOnlyList<Publication> Publications
);

/// <summary>One finding about one subject, from when to when.</summary>
/// <param name="Id">Finding id.</param>
/// <param name="Level">Wire name of its level in the last check that showed it.</param>
/// <param name="Subject">What it is about; text from outside.</param>
/// <param name="Summary">Its sentence in the last check that showed it.</param>
/// <param name="FirstSeen">The first check that showed it.</param>
/// <param name="LastSeen">The last check that showed it.</param>
/// <param name="GoneAt">The first check that did not show it any more; null while it stays.</param>
public sealed record FindingSpan(
    string Id,
    string Level,
    string Subject,
    string Summary,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen,
    DateTimeOffset? GoneAt
);

/// <summary>One verdict, from when to when.</summary>
/// <param name="Mail">Wire name of the mail verdict.</param>
/// <param name="Protection">Wire name of the protection verdict.</param>
/// <param name="FirstSeen">The first check that gave it.</param>
/// <param name="LastSeen">The last check in a row that gave it.</param>
public sealed record VerdictSpan(string Mail, string Protection, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);
