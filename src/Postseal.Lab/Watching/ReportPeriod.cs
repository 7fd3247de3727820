using System.Globalization;
using System.Text.RegularExpressions;

namespace Postseal.Lab.Watching;

/// <summary>The time that a TLS report is about.</summary>
/// <param name="From">Its beginning.</param>
/// <param name="Until">Its end.</param>
public sealed partial record ReportPeriod(DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>Reads it off the <c>date-range</c> of a report (RFC 8460 §4.4); null where it is none.</summary>
    public static ReportPeriod? OfDates(string? from, string? until) =>
        Date(from) is { } begin && Date(until) is { } end ? new(begin, end) : null;

    /// <summary>Reads it off a line that holds a report's file name (RFC 8460 §5.1): <c>sender!domain!begin!end!id.json.gz</c>, in seconds since 1970.</summary>
    public static ReportPeriod? OfFileName(string line) =>
        FileName().Match(line) is { Success: true, Groups: var groups }
            ? new(Seconds(groups[1].Value), Seconds(groups[2].Value))
            : null;

    private static DateTimeOffset? Date(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;

    private static DateTimeOffset Seconds(string text) =>
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(text, CultureInfo.InvariantCulture));

    [GeneratedRegex(
        @"name\*?\d?\*?=""?[^!""]*![^!""]*!(\d{1,11})!(\d{1,11})[!.]",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex FileName();
}

/// <summary>What a TLS report is about.</summary>
/// <param name="Domain">The first domain that it names, lower case; text from outside.</param>
/// <param name="Period">Its time; null where it does not say.</param>
internal sealed record ReportSubject(string Domain, ReportPeriod? Period);
