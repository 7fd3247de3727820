using System.Text;
using Postseal.Protocol;
using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Postseal.Checks.Setup;

/// <summary>One value of a file, however its key was written: dotted, below a table, or in an inline table.</summary>
/// <param name="Path">The whole key.</param>
/// <param name="Line">Where it stands, from 1.</param>
/// <param name="Value">Null for a table header: it may stand over nothing.</param>
public sealed record TomlEntry(IReadOnlyList<string> Path, int Line, ValueSyntax? Value);

/// <summary>A TOML text as a flat list of entries.</summary>
public static class TomlEntries
{
    private const int MaxProblems = 100; // more is no list that anybody works off: it is another kind of file
    private const int MaxPath = 8; // parts of a key that are looked at: a good one has three
    private const int MaxMessage = 300; // of a parser's message, which may quote the text

    /// <summary>Reads everything that can be read; a problem is a line and a sentence, one for each faulty line.</summary>
    /// <param name="text">The file.</param>
    /// <param name="tables">What tables there are, for who writes an array of them: "an override is [overrides.…]".</param>
    /// <param name="problems">Where problems go.</param>
    public static IReadOnlyList<TomlEntry> Read(ReadOnlySpan<byte> text, string tables, List<(int Line, string Problem)> problems)
    {
        if (Decode(text, problems) is not { } decoded)
            return [];

        try
        {
            var document = SyntaxParser.Parse(decoded, validate: true);
            AddDiagnostics(document, decoded, problems);
            var faulty = problems.Select(p => p.Line).ToHashSet();
            var entries = new List<TomlEntry>();
            AddAll([], document.KeyValues, entries);

            // What a broken header stands over has no name, and cannot be judged.
            foreach (var table in document.Tables.Where(t => t.Name is { } n && !faulty.Contains(n.Span.Start.Line + 1)))
                AddTable(table, tables, entries, problems);

            entries.RemoveAll(e => faulty.Contains(e.Line));
            return entries;
        }
        catch (TomlException e)
        {
            problems.Add((e.Line ?? 1, "values are nested too deeply")); // the one thing that the parser means to throw for
            return [];
        }
        catch (ArgumentException)
        {
            // Tomlyn's own, about some escapes it cannot put into the message that it means to give. The fuzz targets toml-* find them.
            problems.Add(
                (1, "there is an escape in a text that cannot be read; write texts that have a backslash in single quotes")
            );
            return [];
        }
    }

    /// <summary>Problems as lines for the operator, in the order of the file; of very many the first, and how many more there are.</summary>
    public static IReadOnlyList<string> Located(string file, IReadOnlyCollection<(int Line, string Text)> problems)
    {
        var lines = problems.OrderBy(p => p.Line).Select(p => $"{file}:{p.Line}: {p.Text}").Take(MaxProblems);
        return problems.Count <= MaxProblems
            ? [.. lines]
            : [.. lines, $"{file}: and {problems.Count - MaxProblems} more problems"];
    }

    private static string? Decode(ReadOnlySpan<byte> text, List<(int, string)> problems)
    {
        var line = 1;
        for (var rest = text; !rest.IsEmpty; line++)
        {
            var end = rest.IndexOf((byte)'\n') is var at and >= 0 ? at + 1 : rest.Length;
            if (!System.Text.Unicode.Utf8.IsValid(rest[..end]))
                problems.Add((line, "this is not UTF-8 text"));

            rest = rest[end..];
        }

        return problems.Count == 0 ? Encoding.UTF8.GetString(text).TrimStart('\uFEFF') : null;
    }

    private static void AddDiagnostics(DocumentSyntax document, string text, List<(int Line, string)> problems)
    {
        var last = 0;
        foreach (var message in document.Diagnostics)
        {
            // What follows on the same line follows from it.
            var line = message.Span.Start.Line + 1;
            if (line == last)
                continue;

            last = line;
            problems.Add((line, PrintableText.Of(message.Message, MaxMessage) + QuoteHint(text, message.Span.Offset)));
        }
    }

    /// <summary>A domain that stands bare in a table header is the mistake to expect.</summary>
    private static string QuoteHint(string text, int offset)
    {
        var start = offset > 0 && offset <= text.Length ? text.LastIndexOf('\n', offset - 1) + 1 : 0;
        return text.AsSpan(start).StartsWith("[overrides.") && !text.AsSpan(start).StartsWith("[overrides.\"")
            ? "; write the domain in quotes: [overrides.\"example.com\"]"
            : "";
    }

    private static void AddTable(TableSyntaxBase table, string tables, List<TomlEntry> entries, List<(int, string)> problems)
    {
        if (table.Name is not { } name)
            return; // the parser has said so

        var line = name.Span.Start.Line + 1;
        if (table is TableArraySyntax)
        {
            problems.Add((line, $"there is no [[array of tables]] here; {tables}"));
            return;
        }

        var path = Path([], name);
        entries.Add(new(path, line, null));
        AddAll(path, table.Items, entries);
    }

    private static void AddAll(IReadOnlyList<string> above, IEnumerable<KeyValueSyntax> items, List<TomlEntry> entries)
    {
        foreach (var item in items)
        {
            if (item is not { Key: { } key, Value: { } value })
                continue; // the parser has said so

            var (path, line) = (Path(above, key), key.Span.Start.Line + 1);
            if (value is InlineTableSyntax table)
            {
                entries.Add(new(path, line, null));
                AddAll(path, table.Items.Select(i => i.KeyValue).OfType<KeyValueSyntax>(), entries);
            }
            else
            {
                entries.Add(new(path, line, value));
            }
        }
    }

    private static List<string> Path(IReadOnlyList<string> above, KeySyntax key)
    {
        List<string> path = [.. above, Name(key.Key)];
        foreach (var part in key.DotKeys)
        {
            if (path.Count < MaxPath)
                path.Add(Name(part.Key));
        }

        return path;
    }

    private static string Name(BareKeyOrStringValueSyntax? key) =>
        key switch
        {
            BareKeySyntax bare => bare.Key?.Text ?? "",
            StringValueSyntax text => text.Value ?? "",
            _ => "",
        };
}
