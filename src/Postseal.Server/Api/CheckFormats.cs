using Microsoft.Net.Http.Headers;

namespace Postseal.Server.Api;

/// <summary>In which form a check is given.</summary>
internal enum CheckFormat
{
    Json,
    Sarif,
    JUnit,
}

/// <summary>Chooses the form by the <c>Accept</c> header (RFC 9110 §12.5.1).</summary>
internal static class CheckFormats
{
    public const string Json = "application/json";
    public const string Sarif = "application/sarif+json";
    public const string JUnit = "application/junit+xml";

    // In order of preference where the client has none.
    private static readonly (string Type, CheckFormat Format)[] Offered =
    [
        (Json, CheckFormat.Json),
        (Sarif, CheckFormat.Sarif),
        (JUnit, CheckFormat.JUnit),
        ("application/xml", CheckFormat.JUnit),
        ("text/xml", CheckFormat.JUnit),
    ];

    /// <summary>The media types that can be asked for.</summary>
    public static IEnumerable<string> Types => Offered.Select(o => o.Type);

    /// <summary>What the client likes best of what there is; null when it takes none.</summary>
    public static CheckFormat? Choose(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        if (accepted.Count == 0)
            return CheckFormat.Json;

        var best = Offered
            .Select((offer, i) => (offer.Format, Order: i, Quality: Quality(accepted, new(offer.Type))))
            .Where(o => o.Quality > 0)
            .OrderByDescending(o => o.Quality)
            .ThenBy(o => o.Order)
            .ToArray();
        return best.Length == 0 ? null : best[0].Format;
    }

    // The most specific range that covers the type decides.
    private static double Quality(IList<MediaTypeHeaderValue> accepted, MediaTypeHeaderValue offer) =>
        accepted
            .Where(range => Covers(range, offer))
            .OrderByDescending(Precision)
            .Select(range => range.Quality ?? 1)
            .FirstOrDefault();

    // IsSubsetOf lets application/sarif+json pass for application/json, which nobody means who asks for JSON.
    private static bool Covers(MediaTypeHeaderValue range, MediaTypeHeaderValue offer) =>
        range.MatchesAllTypes
        || (range.MatchesAllSubTypes && range.Type.Equals(offer.Type, StringComparison.OrdinalIgnoreCase))
        || range.MediaType.Equals(offer.MediaType, StringComparison.OrdinalIgnoreCase);

    private static int Precision(MediaTypeHeaderValue range) =>
        range.MatchesAllTypes ? 0
        : range.MatchesAllSubTypes ? 1
        : 2;
}
