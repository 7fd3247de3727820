using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Postseal.Checks.Json;

namespace Postseal.Server.History;

/// <summary>
/// A document as it is kept: as it is when it fits into <see cref="HistoryLimits.DocumentBytes"/>, else with one thing after the other left out, what
/// is missed least first, and with words that say so. The verdict and the id of every finding stay.
/// </summary>
internal static class KeptDocument
{
    private const int Few = 5;
    private const int Line = 200; // characters of a text of which the rest is cut
    private const int Word = 60;

    // The contract's names, without the white space that is for people; all that is not ASCII is escaped, so that characters are bytes.
    private static readonly JsonTypeInfo<CheckDocument> Compact =
        (JsonTypeInfo<CheckDocument>)
            new JsonSerializerOptions(JsonContext.Default.Options) { WriteIndented = false }.GetTypeInfo(typeof(CheckDocument));

    private static readonly IReadOnlyDictionary<string, string> Nothing = ImmutableDictionary<string, string>.Empty;

    private static readonly ImmutableArray<(string Words, Func<CheckDocument, CheckDocument> Cut)> Cuts =
    [
        (
            "names of certificates beyond the first 5",
            d => Certificates(d, c => c with { San = First(c.San), Chain = First(c.Chain) })
        ),
        ("long texts beyond their first 200 characters, and texts beyond the first 5 at a name", ShortTexts),
        ("the certificate of all addresses of a host but the first", OneCertificate),
        ("the evidence of findings", d => Findings(d, f => f with { Evidence = Nothing })),
        ("sessions, addresses and TLSA records beyond the first 5 of each host", FewSessions),
        ("remedies, and sentences of findings beyond their first 60 characters", d => Findings(d, Brief)),
        ("mail hosts beyond the first 5", d => d with { Mx = [.. d.Mx.Take(Few)] }),
        ("findings with the same id as another", d => d with { Findings = [.. d.Findings.DistinctBy(f => f.Id)] }),
        ("all but verdict and findings", OnlyFindings),
    ];

    /// <summary>The text to keep; ASCII.</summary>
    public static string Text(CheckDocument document)
    {
        var text = JsonSerializer.Serialize(document, Compact);
        var leftOut = new List<string>();
        foreach (var (words, cut) in Cuts)
        {
            if (text.Length <= HistoryLimits.DocumentBytes)
                break;

            leftOut.Add(words);
            document = cut(document) with { LeftOut = leftOut };
            text = JsonSerializer.Serialize(document, Compact);
        }

        return text;
    }

    /// <summary>A text that was kept; null for one that an older program wrote and this one cannot read.</summary>
    public static CheckDocument? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, Compact);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static CheckDocument ShortTexts(CheckDocument d) =>
        d with
        {
            Record = d.Record is null ? null : d.Record with { Text = Cut(d.Record.Text, Line) },
            Policy = d.Policy is null
                ? null
                : d.Policy with
                {
                    Text = Cut(d.Policy.Text, 10 * Line), // a whole policy of most domains
                    Mx = d.Policy.Mx is null ? null : First(d.Policy.Mx),
                },
            Tlsrpt = d.Tlsrpt is null ? null : new(Cut(d.Tlsrpt.Text, Line), d.Tlsrpt.Rua is null ? null : First(d.Tlsrpt.Rua)),
            PolicyHost = d.PolicyHost is null
                ? null
                : d.PolicyHost with
                {
                    Problem = CutOrNull(d.PolicyHost.Problem),
                    Attempts = [.. d.PolicyHost.Attempts.Select(Short)],
                },
            Texts = new(First(d.Texts.MtaSts), First(d.Texts.Tlsrpt)),
            Findings =
            [
                .. d.Findings.Select(f =>
                    f with
                    {
                        Evidence = f.Evidence.Take(Few).ToDictionary(e => Cut(e.Key, Line), e => Cut(e.Value, Line)),
                    }
                ),
            ],
            Mx =
            [
                .. d.Mx.Select(m =>
                    m with
                    {
                        Why = Cut(m.Why, Line),
                        Sessions =
                        [
                            .. m.Sessions.Select(s => s with { Problem = CutOrNull(s.Problem), Banner = CutOrNull(s.Banner) }),
                        ],
                    }
                ),
            ],
        };

    private static FetchPart Short(FetchPart f) =>
        f with
        {
            Problem = CutOrNull(f.Problem),
            ContentType = CutOrNull(f.ContentType),
        };

    private static CheckDocument OneCertificate(CheckDocument d) =>
        d with
        {
            PolicyHost = d.PolicyHost is null
                ? null
                : d.PolicyHost with
                {
                    Attempts = [.. d.PolicyHost.Attempts.Select((a, i) => i == 0 ? a : a with { Certificate = null })],
                },
            Mx =
            [
                .. d.Mx.Select(m =>
                    m with
                    {
                        Sessions = [.. m.Sessions.Select((s, i) => i == 0 ? s : s with { Certificate = null })],
                    }
                ),
            ],
        };

    private static CheckDocument FewSessions(CheckDocument d) =>
        d with
        {
            PolicyHost = d.PolicyHost is null ? null : d.PolicyHost with { Attempts = [.. d.PolicyHost.Attempts.Take(Few)] },
            Mx =
            [
                .. d.Mx.Select(m =>
                    m with
                    {
                        Addresses = [.. m.Addresses.Take(Few)],
                        Sessions = [.. m.Sessions.Take(Few)],
                        Dane = m.Dane is null ? null : m.Dane with { Tlsa = First(m.Dane.Tlsa) },
                    }
                ),
            ],
        };

    private static CheckDocument OnlyFindings(CheckDocument d) =>
        new(
            d.Schema,
            d.Domain,
            d.CheckedAt,
            d.DurationMs,
            new(
                d.Verdict.Mail,
                d.Verdict.Protection,
                Cut(d.Verdict.Summary, Line),
                Cut(d.Verdict.MailText, Line),
                Cut(d.Verdict.ProtectionText, Line)
            ),
            [.. d.Findings.Select(f => Brief(f) with { Subject = Cut(f.Subject, Word / 3), Summary = "", Rfc = null })],
            null,
            null,
            null,
            null,
            []
        );

    private static FindingPart Brief(FindingPart f) =>
        f with
        {
            Subject = Cut(f.Subject, Word),
            Summary = Cut(f.Summary, Word),
            Remedy = null,
            Evidence = Nothing,
        };

    private static CheckDocument Findings(CheckDocument d, Func<FindingPart, FindingPart> cut) =>
        d with
        {
            Findings = [.. d.Findings.Select(cut)],
        };

    private static CheckDocument Certificates(CheckDocument d, Func<CertificatePart, CertificatePart> cut) =>
        d with
        {
            PolicyHost = d.PolicyHost is null
                ? null
                : d.PolicyHost with
                {
                    Attempts = [.. d.PolicyHost.Attempts.Select(a => a with { Certificate = OrNull(a.Certificate, cut) })],
                },
            Mx =
            [
                .. d.Mx.Select(m =>
                    m with
                    {
                        Sessions = [.. m.Sessions.Select(s => s with { Certificate = OrNull(s.Certificate, cut) })],
                    }
                ),
            ],
        };

    private static CertificatePart? OrNull(CertificatePart? c, Func<CertificatePart, CertificatePart> cut) =>
        c is null ? null : cut(c) with { Subject = Cut(c.Subject, Line), Issuer = Cut(c.Issuer, Line) };

    private static IReadOnlyList<string> First(IReadOnlyList<string> texts) => [.. texts.Take(Few).Select(t => Cut(t, Line))];

    private static string? CutOrNull(string? text) => text is null ? null : Cut(text, Line);

    // Never between the halves of a surrogate pair.
    private static string Cut(string text, int most)
    {
        if (text.Length <= most)
            return text;

        var end = char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;
        return new StringBuilder(text, 0, end, end + 1).Append('…').ToString();
    }
}
