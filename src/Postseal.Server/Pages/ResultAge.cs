using System.Globalization;
using Postseal.Checks.Json;
using Postseal.Server.Lookups;

namespace Postseal.Server.Pages;

/// <summary>How old a result is: the one thing on the page of a kept result that differs from visit to visit.</summary>
internal static class ResultAge
{
    private static readonly int Youngest = (int)new LookupLimits().AtLeast.TotalSeconds;

    /// <summary>The tag behind which it stands. Nothing from outside can hold it: there each "&lt;" is encoded.</summary>
    public static ReadOnlySpan<byte> Mark => "<span class=\"age\">"u8;

    /// <summary>A sentence with a blank in front. Who asks for a new check too soon gets the old result: here it says so.</summary>
    public static string Words(CheckDocument document, DateTimeOffset now)
    {
        var seconds = Seconds(document, now);
        return seconds < Youngest
            ? string.Create(
                CultureInfo.InvariantCulture,
                $" This result is {Times.Age(seconds)} old; a new check begins once it is {Youngest} seconds old."
            )
            : $" This result is {Times.Age(seconds)} old.";
    }

    /// <summary>How long ago the check ended.</summary>
    public static long Seconds(CheckDocument document, DateTimeOffset now)
    {
        var ended =
            DateTimeOffset.Parse(document.CheckedAt, CultureInfo.InvariantCulture)
            + TimeSpan.FromMilliseconds(document.DurationMs);
        return Math.Max(0, (long)(now - ended).TotalSeconds);
    }
}
