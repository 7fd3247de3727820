using System.Globalization;

namespace Postseal.Server.Pages;

/// <summary>Times for people, always in UTC and said so.</summary>
internal static class Times
{
    /// <summary>A time of a document, RFC 3339.</summary>
    public static string Of(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? Of(time)
            : Html.Safe(text);

    /// <summary>To the minute.</summary>
    public static string Of(DateTimeOffset time) =>
        time.UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>The time of the day, to the second.</summary>
    public static string Clock(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>The day of a time of a document.</summary>
    public static string Date(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? Day(time)
            : Html.Safe(text);

    /// <summary>The day.</summary>
    public static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>For machines.</summary>
    public static string Machine(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>How long something took.</summary>
    public static string Duration(long milliseconds) =>
        milliseconds < 1000
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000.0:0.0} s");

    /// <summary>Seconds as a person would say them.</summary>
    public static string Age(long seconds) =>
        seconds switch
        {
            >= 2 * 86400 => Count(seconds / 86400, "days"),
            >= 2 * 3600 => Count(seconds / 3600, "hours"),
            >= 120 => Count(seconds / 60, "minutes"),
            1 => "1 second",
            _ => Count(seconds, "seconds"),
        };

    private static string Count(long number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number} {unit}");
}
