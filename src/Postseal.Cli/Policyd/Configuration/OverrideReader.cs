using System.Globalization;
using System.Text;
using Postseal.Checks.Lint;
using Postseal.Checks.Setup;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Tomlyn;
using Tomlyn.Syntax;

namespace Postseal.Cli.Policyd.Configuration;

/// <summary>Reads <c>[overrides."DOMAIN"]</c>. Whoever makes an exception says why and until when, or it outlives everyone who knew.</summary>
internal static class OverrideReader
{
    private const int MaxReason = 500; // characters: it stands on one line of a log
    private static readonly string[] Keys = ["action", "reason", "expires", "policy"];

    public static IReadOnlyList<Override> Read(
        IEnumerable<TomlEntry> entries,
        DateTimeOffset now,
        List<(int Line, string Text)> problems,
        List<(int Line, string Text)> warnings
    )
    {
        var (overrides, lines) = (new List<Override>(), new Dictionary<DomainName, int>());
        foreach (var group in Domains(entries, problems).GroupBy(e => e.Path[1]))
        {
            TomlEntry[] fields = [.. group];
            var line = fields[0].Line;
            if (!DomainName.TryParse(group.Key, out var domain, out var error))
            {
                var why = DomainErrorText.Of(error);
                problems.Add((line, $"'{PrintableText.Of(group.Key, 80)}' is no domain name: {why}"));
            }
            else if (!lines.TryAdd(domain, line))
            {
                problems.Add((line, $"there is an override of {domain} on line {lines[domain]} already"));
            }

            var read = One(domain, line, fields, problems);
            if (read is null)
                continue;

            overrides.Add(read);
            if (read.Expires <= now)
                warnings.Add((line, $"the override of {read.Domain} ended at {Time(read.Expires)} and does nothing; delete it"));
        }

        return problems.Count == 0 ? overrides : [];
    }

    private static IEnumerable<TomlEntry> Domains(IEnumerable<TomlEntry> entries, List<(int, string)> problems)
    {
        var split = new HashSet<string>();
        foreach (var entry in entries)
        {
            if (entry.Path.Count == 2 && entry.Value is not null)
                problems.Add((entry.Line, "an override is a table: [overrides.\"example.com\"]"));
            else if (entry.Path.Count == 1 && entry.Value is not null)
                problems.Add((entry.Line, "overrides are tables: [overrides.\"example.com\"]"));
            else if (entry.Path.Count > 3 || (entry is { Path.Count: 3, Value: null } && !Keys.Contains(entry.Path[2])))
                AddUnquoted(entry);
            else if (entry.Path.Count > 1 && !split.Contains(Head(entry)))
                yield return entry;
        }

        void AddUnquoted(TomlEntry entry)
        {
            // [overrides.example.com] names a table com in a table example.
            if (entry.Value is not null && split.Contains(Head(entry)))
                return;

            split.Add(Head(entry));
            var domain = PrintableText.Of(string.Join('.', entry.Path.Skip(1)), 120);
            problems.Add((entry.Line, $"write the domain in quotes: [overrides.\"{domain}\"]"));
        }

        static string Head(TomlEntry entry) => entry.Path[1];
    }

    private static Override? One(DomainName? domain, int line, TomlEntry[] fields, List<(int, string)> problems)
    {
        var before = problems.Count;
        foreach (var field in fields.Where(f => f.Path.Count == 3 && !Keys.Contains(f.Path[2])))
        {
            var hint = NearestKey.Hint(field.Path[2], Keys);
            var rest = hint.Length > 0 ? hint : "; there are action, reason, expires and policy";
            problems.Add((field.Line, $"an override has no '{PrintableText.Of(field.Path[2], 60)}'{rest}"));
        }

        var action = Action(Find("action"), line, problems);
        var reason = Reason(Find("reason"), line, problems);
        var expires = Expires(Find("expires"), line, problems);
        var policy = Policy(Find("policy"), action, line, problems);
        return domain is not null && problems.Count == before ? new(domain, action!.Value, policy, reason, expires) : null;

        TomlEntry? Find(string key) => fields.FirstOrDefault(f => f.Path.Count == 3 && f.Path[2] == key);
    }

    private static OverrideAction? Action(TomlEntry? field, int line, List<(int, string)> problems)
    {
        const string allowed = "\"off\", \"testing\" or \"pin\"";
        var text = (field?.Value as StringValueSyntax)?.Value;
        OverrideAction? action = text switch
        {
            "off" => OverrideAction.Off,
            "testing" => OverrideAction.Testing,
            "pin" => OverrideAction.Pin,
            _ => null,
        };
        if (field is null)
            problems.Add((line, $"the override has no action: {allowed}"));
        else if (action is null)
            problems.Add((field.Line, $"action is {allowed}{(text is null ? "" : $", not '{PrintableText.Of(text, 60)}'")}"));

        return action;
    }

    private static string Reason(TomlEntry? field, int line, List<(int, string)> problems)
    {
        var text = (field?.Value as StringValueSyntax)?.Value?.Trim();
        if (field is null)
            problems.Add((line, "the override has no reason: a text that tells others why it is there"));
        else if (text is null or { Length: 0 or > MaxReason })
            problems.Add((field.Line, $"reason is a text in quotes of 1 to {MaxReason} characters"));

        return text ?? "";
    }

    private static DateTimeOffset Expires(TomlEntry? field, int line, List<(int, string)> problems)
    {
        const string allowed = "a date such as 2027-01-31 (its last day, in UTC) or 2027-01-31T18:00:00Z, without quotes";
        if (field is null)
        {
            problems.Add((line, $"the override has no expires: {allowed}"));
            return default;
        }

        var value = (field.Value as DateTimeValueSyntax)?.Value;
        switch (value?.Kind)
        {
            case TomlDateTimeKind.OffsetDateTimeByZ or TomlDateTimeKind.OffsetDateTimeByNumber:
                return value.Value.DateTime;
            case TomlDateTimeKind.LocalDate:
                var day = new DateTimeOffset(value.Value.DateTime.Date, TimeSpan.Zero);
                return day < DateTimeOffset.MaxValue.AddDays(-1) ? day.AddDays(1) : DateTimeOffset.MaxValue;
            case TomlDateTimeKind.LocalDateTime:
                problems.Add((field.Line, "expires needs an offset: put Z behind it for UTC, or +02:00"));
                return default;
            default:
                problems.Add((field.Line, $"expires is {allowed}"));
                return default;
        }
    }

    private static StsPolicy? Policy(TomlEntry? field, OverrideAction? action, int line, List<(int, string)> problems)
    {
        if (field is null)
        {
            if (action == OverrideAction.Pin)
                problems.Add((line, "action \"pin\" needs a policy: the text as it would be published, in \"\"\" \"\"\""));

            return null;
        }

        if (action is OverrideAction.Off or OverrideAction.Testing)
        {
            problems.Add((field.Line, "policy goes with action = \"pin\" only"));
            return null;
        }

        if (field.Value is not StringValueSyntax { Value: { } text } value)
        {
            problems.Add((field.Line, "policy is a text in \"\"\" \"\"\""));
            return null;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        if (StsPolicy.TryParse(bytes, out var policy, out var error))
            return policy;

        problems.Add((field.Line + LinesBefore(value, bytes, error.Offset), $"policy: {PolicyErrorText.Of(error.Code)}"));
        return null;
    }

    /// <summary>Lines between the key and the fault: TOML drops a line end right after the opening quotes.</summary>
    private static int LinesBefore(StringValueSyntax value, byte[] text, int offset)
    {
        var quoted = value.Token?.Text ?? "";
        if (!quoted.StartsWith("\"\"\"", StringComparison.Ordinal) && !quoted.StartsWith("'''", StringComparison.Ordinal))
            return 0;

        var dropped = quoted.AsSpan(3).TrimStart('\r').StartsWith("\n") ? 1 : 0;
        return dropped + text.AsSpan(0, Math.Min(offset, text.Length)).Count((byte)'\n');
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";
}
