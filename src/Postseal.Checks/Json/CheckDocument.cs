using System.Text.Json.Serialization;

namespace Postseal.Checks.Json;

/// <summary>The machine output of a check, schema <c>postseal.check/1</c>: names and meanings are a contract. Texts that came from peers are plain JSON strings, escaped by the serializer.</summary>
public sealed record CheckDocument(
    string Schema,
    string Domain,
    string CheckedAt,
    long DurationMs,
    VerdictPart Verdict,
    IReadOnlyList<FindingPart> Findings,
    RecordPart? Record,
    PolicyPart? Policy,
    PolicyHostPart? PolicyHost,
    TlsRptPart? Tlsrpt,
    IReadOnlyList<MxPart> Mx
)
{
    /// <summary>Every TXT text at the two names, also those that do not count.</summary>
    public TextsPart Texts { get; init; } = new([], []);

    /// <summary>In a copy that was kept: what had to be left out of it so that it fits, in words. Absent from a document that is whole.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? LeftOut { get; init; }
}

/// <summary>TXT texts, one character per byte; at most 20 at a name, each cut with <c>…</c> after 2,000 characters.</summary>
/// <param name="MtaSts">At <c>_mta-sts</c>.</param>
/// <param name="Tlsrpt">At <c>_smtp._tls</c>.</param>
public sealed record TextsPart(IReadOnlyList<string> MtaSts, IReadOnlyList<string> Tlsrpt);

/// <summary>The two-axis verdict.</summary>
/// <param name="Mail"><c>ok</c>, <c>at-risk</c>, <c>breaks</c> or <c>unknown</c>.</param>
/// <param name="Protection"><c>enforced</c>, <c>testing</c>, <c>off</c>, <c>none</c> or <c>unknown</c>.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="MailText">The answer to "Will mail be refused?" in words.</param>
/// <param name="ProtectionText">The answer to "Is mail protected?" in words.</param>
public sealed record VerdictPart(string Mail, string Protection, string Summary, string MailText, string ProtectionText);

/// <summary>One finding.</summary>
public sealed record FindingPart(
    string Id,
    string Level,
    string Subject,
    string Summary,
    string? Remedy,
    string? Rfc,
    IReadOnlyDictionary<string, string> Evidence
);

/// <summary>The one <c>_mta-sts</c> record that counts; id is null when it is invalid.</summary>
public sealed record RecordPart(string Text, string? Id, long? Ttl);

/// <summary>The policy text as fetched; mode, maxAge and mx are null when it is invalid.</summary>
public sealed record PolicyPart(string Text, string? Mode, long? MaxAge, IReadOnlyList<string>? Mx);

/// <summary>The policy host and how fetching went; null in a document when there was no reason to fetch.</summary>
/// <param name="Outcome"><c>fetched</c>, or the reason why there is no policy text: <c>dns</c>, <c>tcp</c>, <c>tls-name</c>, <c>http-status</c> …</param>
/// <param name="Problem">One sentence about a failure.</param>
public sealed record PolicyHostPart(string Host, string Url, string Outcome, string? Problem, IReadOnlyList<FetchPart> Attempts);

/// <summary>One HTTPS attempt at one address of the policy host.</summary>
public sealed record FetchPart(
    string Address,
    string Outcome,
    string? Problem,
    string? Tls,
    int? Status,
    string? ContentType,
    CertificatePart? Certificate,
    double ElapsedMs
);

/// <summary>The one <c>_smtp._tls</c> record that counts; rua is null when it is invalid.</summary>
public sealed record TlsRptPart(string Text, IReadOnlyList<string>? Rua);

/// <summary>One MX host.</summary>
/// <param name="Decision"><c>allowed</c>, <c>refused</c> or <c>unprotected</c>.</param>
public sealed record MxPart(
    string Host,
    int Preference,
    IReadOnlyList<string> Addresses,
    string Decision,
    string Why,
    IReadOnlyList<SessionPart> Sessions,
    DanePart? Dane
);

/// <summary>One probed address. <c>starttls</c> is null when it could not be learnt, <c>problem</c> says why the session would not be used or stopped.</summary>
public sealed record SessionPart(
    string Address,
    bool? Starttls,
    string? Tls,
    string? Cipher,
    CertificatePart? Certificate,
    string? Result,
    string? Problem,
    string? Banner,
    TimingsPart TimingsMs
);

/// <summary>The certificate a server presented, and what is wrong with its chain.</summary>
/// <param name="San">Its dNSNames, at most the first 100.</param>
/// <param name="SanCount">How many it has.</param>
public sealed record CertificatePart(
    string Subject,
    IReadOnlyList<string> San,
    int SanCount,
    string NotBefore,
    string NotAfter,
    string Issuer,
    string Sha256,
    IReadOnlyList<string> Problems,
    IReadOnlyList<string> Chain
);

/// <summary>Durations in milliseconds; null for a step that was not reached.</summary>
public sealed record TimingsPart(double? Connect, double? Greeting, double? Ehlo, double? Handshake, double Total);

/// <summary>TLSA records of a host; match is null when there was nothing to compare.</summary>
public sealed record DanePart(IReadOnlyList<string> Tlsa, bool Secure, bool? Match);
