using System.Net;
using System.Text;

namespace Postseal.Resolver.PolicyHost;

/// <summary>Recognises a bot check that stands before a policy: a heuristic for a hint, never for a decision.</summary>
internal static class ChallengePage
{
    private static readonly string[] Headers = ["cf-mitigated", "x-datadome", "x-sucuri-block", "x-amzn-waf-action"];

    private static readonly string[] Servers = ["cloudflare", "AkamaiGHost", "ddos-guard", "Sucuri", "Imperva"];

    private static readonly string[] Words =
    [
        "captcha",
        "just a moment",
        "cf-chl",
        "challenge-platform",
        "_incapsula_",
        "you are human",
        "enable javascript and cookies",
    ];

    /// <summary>True for a page, which may say so itself.</summary>
    public static bool IsWorthReading(HttpResponseMessage response) =>
        HttpFacts.Header(response.Content.Headers, "Content-Type")?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase)
            == true
        && response.StatusCode
            is HttpStatusCode.OK
                or HttpStatusCode.Forbidden
                or HttpStatusCode.TooManyRequests
                or HttpStatusCode.ServiceUnavailable;

    /// <summary>True when headers, server or page bear the marks.</summary>
    public static bool IsOne(HttpResponseMessage response, ReadOnlyMemory<byte> page)
    {
        if (Headers.Any(response.Headers.NonValidated.Contains))
            return true;

        var refused =
            response.StatusCode
            is HttpStatusCode.Forbidden
                or HttpStatusCode.TooManyRequests
                or HttpStatusCode.ServiceUnavailable;
        var server = HttpFacts.Header(response.Headers, "Server") ?? "";
        if (refused && Servers.Any(s => server.Contains(s, StringComparison.OrdinalIgnoreCase)))
            return true;

        var text = Encoding.Latin1.GetString(page.Span);
        return Words.Any(w => text.Contains(w, StringComparison.OrdinalIgnoreCase));
    }
}
