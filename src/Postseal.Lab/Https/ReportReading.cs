using System.IO.Compression;
using System.Text.Json;
using Postseal.Lab.Watching;

namespace Postseal.Lab.Https;

/// <summary>What a TLS report is about (RFC 8460 §4.4); nothing else of it is read.</summary>
internal static class ReportReading
{
    /// <summary>Longest report that is looked into, as sent. One about a domain of the lab has a kilobyte or two.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxUnpacked = 1024 * 1024; // JSON shrinks to a tenth; more is a bomb

    /// <summary>The first domain that it names, and its time; null where it is no report.</summary>
    /// <param name="bytes">Text from outside.</param>
    /// <param name="isPacked">With gzip.</param>
    public static ReportSubject? Of(ReadOnlyMemory<byte> bytes, bool isPacked)
    {
        try
        {
            using var report = JsonDocument.Parse(isPacked ? Unpacked(bytes) : bytes);
            return
                report.RootElement.TryGetProperty("policies", out var policies)
                && policies.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } first
                && first.TryGetProperty("policy", out var policy)
                && policy.TryGetProperty("policy-domain", out var domain)
                && domain.GetString()?.ToLowerInvariant() is { } name
                ? new(name, PeriodOf(report.RootElement))
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException or EndOfStreamException)
        {
            return null;
        }
    }

    private static ReportPeriod? PeriodOf(JsonElement report) =>
        report.TryGetProperty("date-range", out var range)
        && range.TryGetProperty("start-datetime", out var from)
        && range.TryGetProperty("end-datetime", out var until)
            ? ReportPeriod.OfDates(from.GetString(), until.GetString())
            : null;

    private static ReadOnlyMemory<byte> Unpacked(ReadOnlyMemory<byte> bytes)
    {
        using var gzip = new GZipStream(new MemoryStream(bytes.ToArray()), CompressionMode.Decompress);
        var all = new byte[MaxUnpacked];
        return all.AsMemory(0, gzip.ReadAtLeast(all, all.Length, throwOnEndOfStream: false));
    }
}
