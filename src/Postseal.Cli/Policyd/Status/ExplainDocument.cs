using System.Text.Json.Serialization;

namespace Postseal.Cli.Policyd.Status;

/// <summary>All the daemon knows about a domain, schema <c>postseal.explain/1</c>.</summary>
/// <param name="Domain">The destination asked about.</param>
/// <param name="At">When.</param>
/// <param name="Answer">What a mail server is told now.</param>
/// <param name="Override">The operator's exception in force; null without one.</param>
/// <param name="Record">The last TXT answer; null when not asked yet.</param>
/// <param name="Fetch">The last HTTPS fetch; null when there was none.</param>
/// <param name="Policy">The cached policy, perhaps expired; null without one.</param>
/// <param name="Mx">MX hosts and DANE; null when not looked at.</param>
/// <param name="Changes">The newest lines of the journal, newest first.</param>
internal sealed record ExplainDocument(
    string Schema,
    string Domain,
    DateTimeOffset At,
    AnswerPart Answer,
    OverridePart? Override,
    RecordPart? Record,
    FetchPart? Fetch,
    PolicyStatePart? Policy,
    MxPart? Mx,
    IReadOnlyList<ChangePart> Changes
);

/// <summary>The answer.</summary>
/// <param name="Reply">secure, dane, dane-only, notfound or temp.</param>
/// <param name="Cause">Why, in one word.</param>
/// <param name="Postfix">The reply to map name <c>postfix</c>, without its frame.</param>
/// <param name="PostfixTlsrpt">The reply to map name <c>postfix-tlsrpt</c>.</param>
/// <param name="ValidUntil">Until then it is given without asking anybody.</param>
internal sealed record AnswerPart(string Reply, string Cause, string Postfix, string PostfixTlsrpt, DateTimeOffset ValidUntil);

/// <summary>An exception.</summary>
internal sealed record OverridePart(string Action, string Reason, DateTimeOffset Expires);

/// <summary>What DNS said at <c>_mta-sts</c>.</summary>
/// <param name="Outcome">valid, not-published, unusable or unknown.</param>
/// <param name="Reason">The code where it is not valid.</param>
internal sealed record RecordPart(
    string Outcome,
    string Text,
    string? Id,
    string? Reason,
    DateTimeOffset AskedAt,
    DateTimeOffset AskAgainAt
);

/// <summary>How the last fetch went.</summary>
/// <param name="NotBefore">The next one for the same id, after a failure: the back-off.</param>
internal sealed record FetchPart(
    bool Succeeded,
    DateTimeOffset At,
    string Id,
    string? Stage,
    string? Reason,
    string? Detail,
    DateTimeOffset NotBefore
);

/// <summary>The cached policy.</summary>
internal sealed record PolicyStatePart(
    string Mode,
    string Id,
    IReadOnlyList<string> Mx,
    long MaxAge,
    string Text,
    DateTimeOffset FetchedAt,
    long AgeSeconds,
    DateTimeOffset ExpiresAt,
    bool Live,
    DateTimeOffset RefreshAt
);

/// <summary>The MX hosts.</summary>
/// <param name="Outcome">hosts, null-mx, nowhere or failed.</param>
internal sealed record MxPart(
    string Outcome,
    bool Secure,
    string? Detail,
    DateTimeOffset AskedAt,
    IReadOnlyList<MxHostPart> Hosts
);

/// <summary>One host and what a sender must demand of it.</summary>
internal sealed record MxHostPart(string Host, int Preference, string Dane, string Rule, string Why, IReadOnlyList<string> Tlsa);

/// <summary>A line of the journal.</summary>
internal sealed record ChangePart(DateTimeOffset At, string? From, string? To, string Cause, bool Downgrade, string Detail);

/// <summary>The result of <c>refresh</c> and <c>forget</c>.</summary>
internal sealed record CommandDocument(string Domain, bool Done, string Result);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    Converters = [typeof(WholeSeconds)]
)]
[JsonSerializable(typeof(ExplainDocument))]
[JsonSerializable(typeof(CommandDocument))]
internal sealed partial class StatusJson : JsonSerializerContext;
