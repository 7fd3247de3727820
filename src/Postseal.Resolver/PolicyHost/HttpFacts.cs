using System.Globalization;
using System.Net.Http.Headers;

namespace Postseal.Resolver.PolicyHost;

/// <summary>Reads the headers that matter, as sent: the framework's typed headers drop what they cannot parse.</summary>
internal static class HttpFacts
{
    // A value for people and evidence.
    private const int MaxValueLength = 1000;

    public static HttpResponseFacts Of(HttpResponseMessage response)
    {
        var expires = Header(response.Content.Headers, "Expires");
        string?[] caching = [Header(response.Headers, "Cache-Control"), expires is null ? null : $"Expires: {expires}"];
        return new(
            (int)response.StatusCode,
            Header(response.Content.Headers, "Content-Type"),
            Header(response.Headers, "Location"),
            Header(response.Headers, "Server"),
            caching.Any(c => c is not null) ? string.Join("; ", caching.OfType<string>()) : null,
            long.TryParse(Header(response.Headers, "Age"), NumberStyles.None, CultureInfo.InvariantCulture, out var age)
                ? age
                : null,
            LooksLikeChallenge: false
        );
    }

    /// <summary>The header's values joined with commas; null when it is absent.</summary>
    public static string? Header(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) && values.ToString() is { } value
            ? value[..Math.Min(value.Length, MaxValueLength)]
            : null;
}
