using Microsoft.Extensions.Primitives;

namespace Postseal.Server.Hosting;

/// <summary>Headers of every public response, whatever made it.</summary>
internal sealed class SecurityHeaders
{
    // Nothing inline, nothing from elsewhere: text from DNS, banners and certificates stays text even if a page forgot to encode it.
    private const string ContentPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'";

    private const string Permissions =
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()";

    // The address of a sender test is a secret: nobody is told a path. The origin is not left out, since with "no-referrer" browsers write "Origin: null"
    // into our own forms, too, and then these cannot be told from those of another site. Links to other sites have rel="noreferrer".
    private const string Referrer = "strict-origin";

    // A year, without subdomains: other hosts below the name are not ours to decide about.
    private const string Transport = "max-age=31536000";

    private readonly KeyValuePair<string, StringValues>[] _headers;

    /// <param name="isHttps">Whether the world reaches the site by HTTPS.</param>
    public SecurityHeaders(bool isHttps) =>
        _headers = [
            new("Content-Security-Policy", ContentPolicy),
            new("X-Content-Type-Options", "nosniff"),
            new("Referrer-Policy", Referrer),
            new("X-Frame-Options", "DENY"),
            new("Cross-Origin-Opener-Policy", "same-origin"),
            new("Cross-Origin-Resource-Policy", "same-origin"),
            new("Permissions-Policy", Permissions),
            .. isHttps ? [new("Strict-Transport-Security", Transport)] : Array.Empty<KeyValuePair<string, StringValues>>(),
        ];

    /// <summary>Sees to it that the response will have them: at the very end, as an error clears all headers set before.</summary>
    public void AddTo(HttpContext context) =>
        context.Response.OnStarting(
            response =>
            {
                foreach (var (name, value) in _headers)
                    ((HttpResponse)response).Headers[name] = value;

                return Task.CompletedTask;
            },
            context.Response
        );
}
