using System.CommandLine;
using System.Text.Json;
using Postseal.Checks;
using Postseal.Checks.Export;
using Postseal.Checks.Json;

namespace Postseal.Cli.Commands;

/// <summary>How the results of <c>check</c> are written.</summary>
internal enum CheckFormat
{
    Text,
    Json,
    JUnit,
    Sarif,
}

/// <summary>Choosing a format, and writing those that are for machines.</summary>
internal static class CheckFormats
{
    public static Option<string?> Option() =>
        new("--format") { Description = "How to write the results (default: text)", HelpName = "text|json|junit|sarif" };

    /// <summary>The format asked for. <c>--json</c> is short for <c>--format json</c>; beside another format it is a contradiction.</summary>
    public static (CheckFormat Format, IReadOnlyList<string> Problems) Read(string? text, bool json)
    {
        CheckFormat? format = text switch
        {
            null => json ? CheckFormat.Json : CheckFormat.Text,
            "text" => CheckFormat.Text,
            "json" => CheckFormat.Json,
            "junit" => CheckFormat.JUnit,
            "sarif" => CheckFormat.Sarif,
            _ => null,
        };
        return format switch
        {
            null => (CheckFormat.Text, [$"--format takes text, json, junit or sarif, not '{text}'"]),
            not CheckFormat.Json when json => (CheckFormat.Text, [$"--json and --format {text} contradict each other"]),
            var known => (known.Value, []),
        };
    }

    /// <summary>All results in one document, without a final line end.</summary>
    public static string Write(CheckFormat format, IEnumerable<CheckResult> results)
    {
        CheckDocument[] documents = [.. results.Select(CheckDocuments.Of)];
        return format switch
        {
            CheckFormat.JUnit => JUnitReport.Of(documents).TrimEnd('\n'),
            CheckFormat.Sarif => SarifReport.Of(documents, site: null),
            _ when documents.Length == 1 => JsonSerializer.Serialize(documents[0], JsonContext.Default.CheckDocument),
            _ => JsonSerializer.Serialize(documents, JsonContext.Default.IReadOnlyListCheckDocument),
        };
    }
}
