using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Protocol.MtaSts;

namespace Postseal.Checks.Rules;

/// <summary>Whether the text of the <c>_mta-sts</c> record is what senders accept (RFC 8461 §3.1).</summary>
public static class DiscoveryRecordGrammar
{
    private const string Ignored = "Senders ignore the record, and with it the policy.";

    private static readonly string[] PolicyKeys = ["version", "mode", "mx", "max_age"];

    /// <summary>The first fault of the record, or that there is none.</summary>
    public static IEnumerable<Finding> Valid(DomainFacts facts)
    {
        if (facts.Sts.Selection is StsRecordSelection.Valid { Record.Id: var id })
        {
            yield return Finding.Of(
                "sts-txt-malformed",
                Level.Ok,
                PublishLines.RecordName(facts),
                $"The MTA-STS record is well-formed; its id is {id}.",
                null,
                ("id", id)
            );
        }

        if (facts.Sts.Selection is StsRecordSelection.Invalid invalid && FaultyPolicyField(invalid) is null)
        {
            var (finding, summary) = Explain(invalid);
            yield return Off(finding, facts, summary, invalid.Text);
        }
    }

    /// <summary>Fields that count once and come again.</summary>
    public static IEnumerable<Finding> Duplicate(DomainFacts facts)
    {
        if (facts.Sts.Selection is not StsRecordSelection.Valid { Record.Extensions: var extensions, Text: var text })
            yield break;

        var repeated = extensions
            .GroupBy(f => f.Name, StringComparer.Ordinal)
            .Where(g => g.Count() > 1 || g.Key is "v" or "id")
            .Select(g => g.Key)
            .ToList();
        if (repeated.Count == 0)
            yield break;

        yield return Finding.Of(
            "sts-txt-dup-field",
            Level.Warn,
            PublishLines.RecordName(facts),
            $"A field appears twice in the MTA-STS record ({Wording.Series(repeated)}). Senders use the first and ignore the rest; some refuse the record.",
            PublishLines.PublishRecord(facts),
            ("fields", Wording.Joined(repeated)),
            ("record", text)
        );
    }

    /// <summary>Lines of the policy in the record, where they mean nothing.</summary>
    public static IEnumerable<Finding> PolicyFields(DomainFacts facts)
    {
        var (text, fault) = facts.Sts.Selection switch
        {
            StsRecordSelection.Valid valid => (valid.Text, null),
            StsRecordSelection.Invalid invalid => (invalid.Text, FaultyPolicyField(invalid)),
            _ => (null, null),
        };
        if (
            text is null
            || Fields(text).Select(f => PolicyKey(f.Text)).OfType<string>().Distinct().ToList() is not { Count: > 0 } keys
        )
            yield break;

        var spoils = fault is null ? "Senders ignore it there." : Ignored;
        yield return Finding.Of(
            "sts-txt-policy-fields",
            fault is null ? Level.Warn : Level.Off,
            PublishLines.RecordName(facts),
            $"The MTA-STS record holds a part of the policy ({Wording.Series(keys)}). {spoils}",
            $"Put the policy into the file at {PublishLines.PolicyUrl(facts)}; the record holds only version and id. {PublishLines.PublishRecord(facts)}",
            ("fields", Wording.Joined(keys)),
            ("record", text)
        );
    }

    /// <summary>A text that was meant to be the record but does not begin like one.</summary>
    internal static Finding Missed(DomainFacts facts, string text, DiscoveryRecordTexts.Miss miss) =>
        miss switch
        {
            DiscoveryRecordTexts.Miss.NothingElse => Off(
                "sts-txt-id-missing",
                facts,
                $"The MTA-STS record has no id. {Ignored}",
                text
            ),
            DiscoveryRecordTexts.Miss.Separator => Off(
                "sts-txt-malformed",
                facts,
                $"In the MTA-STS record no semicolon follows v=STSv1 ({Wording.Quote(text)}). {Ignored}",
                text
            ),
            _ => Off(
                "sts-txt-version",
                facts,
                $"The MTA-STS record does not begin with v=STSv1; ({Wording.Quote(text)}). {Ignored}",
                text
            ),
        };

    private static Finding Off(string id, DomainFacts facts, string summary, string text) =>
        Finding.Of(id, Level.Off, PublishLines.RecordName(facts), summary, PublishLines.PublishRecord(facts), ("record", text));

    private static (string Id, string Summary) Explain(StsRecordSelection.Invalid invalid)
    {
        var field = FieldAt(invalid.Text, invalid.Error.Offset) is { Length: > 0 } found
            ? Wording.Quote(found)
            : "an empty field";
        return invalid.Error.Code switch
        {
            StsRecordErrors.Version => ("sts-txt-version", $"The MTA-STS record does not begin with v=STSv1; exactly. {Ignored}"),
            StsRecordErrors.IdMissing => ("sts-txt-id-missing", $"The MTA-STS record has no id. {Ignored}"),
            StsRecordErrors.IdSyntax => (
                "sts-txt-id-syntax",
                $"The id in the MTA-STS record ({field}) is not 1 to 32 letters and digits; no other character is allowed. {Ignored}"
            ),
            StsRecordErrors.ExtensionName => (
                "sts-txt-ext-key",
                $"A field of the MTA-STS record ({field}) has a name that is not allowed. {Ignored}"
            ),
            StsRecordErrors.ExtensionValue => (
                "sts-txt-ext-value",
                $"A field of the MTA-STS record ({field}) has no value, or one that is not allowed. {Ignored}"
            ),
            StsRecordErrors.Character => (
                "sts-txt-malformed",
                $"The MTA-STS record holds a character that is not allowed (in {field}). {Ignored}"
            ),
            _ => (
                "sts-txt-malformed",
                $"The MTA-STS record is not a list of name=value fields with one semicolon between them (at: {field}). {Ignored}"
            ),
        };
    }

    // The policy field that the fault lies in; null when the fault lies elsewhere.
    private static string? FaultyPolicyField(StsRecordSelection.Invalid invalid) =>
        invalid.Error.Code == StsRecordErrors.IdMissing ? null : PolicyKey(FieldAt(invalid.Text, invalid.Error.Offset));

    private static string? PolicyKey(string field) =>
        PolicyKeys.FirstOrDefault(k =>
            field.StartsWith(k, StringComparison.OrdinalIgnoreCase) && field[k.Length..].TrimStart() is ['=' or ':', ..]
        );

    private static string FieldAt(string text, int offset) => Fields(text).LastOrDefault(f => f.Start <= offset).Text ?? "";

    private static IEnumerable<(int Start, string Text)> Fields(string text)
    {
        var start = 0;
        foreach (var field in text.Split(';'))
        {
            yield return (start, field.Trim());
            start += field.Length + 1;
        }
    }
}
