using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Postseal.Server.Configuration;

namespace Postseal.Server.Hosting;

/// <summary>The application behind the private listener: health, readiness, metrics.</summary>
internal static class PrivateSite
{
    // A person, a scraper, a supervisor; more is a mistake.
    private const int MaxConnections = 100;

    private const string Scheme = "Bearer ";

    /// <summary>Wires it; nothing listens yet.</summary>
    public static WebApplication Create(ServerConfiguration configuration, Func<bool> isReady, ILoggerFactory logs)
    {
        var builder = Surface.Builder(logs, options => Listen(options, configuration.Private));
        Telemetry.AddTo(builder.Services, configuration.Otlp);
        var (app, guard) = (builder.Build(), new PrivateGuard(configuration.Private));
        app.Use(
            (context, next) =>
            {
                context.Response.Headers.XContentTypeOptions = "nosniff";
                return context.Request.Path == "/healthz"
                        ? Surface.TextAsync(context, StatusCodes.Status200OK, "ok\n", context.RequestAborted)
                    : !guard.Lets(context.Request)
                        ? Surface.TextAsync(context, StatusCodes.Status403Forbidden, PrivateGuard.Refusal, context.RequestAborted)
                    : IsAllowed(context.Request, configuration.Private.Token) ? next(context)
                    : RefuseAsync(context, context.RequestAborted);
            }
        );
        app.UseRouting();
        app.MapGet("/readyz", context => ReadyAsync(context, isReady(), context.RequestAborted));
        app.MapPrometheusScrapingEndpoint("/metrics");
        return app;
    }

    private static void Listen(KestrelServerOptions options, PrivateSettings settings)
    {
        options.AddServerHeader = false;
        options.Limits.MaxConcurrentConnections = MaxConnections;
        options.Limits.MaxRequestBodySize = 0;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10); // a scraper sends them at once
        options.Listen(settings.Listen);
    }

    private static Task ReadyAsync(HttpContext context, bool isReady, CancellationToken ct) =>
        isReady
            ? Surface.TextAsync(context, StatusCodes.Status200OK, "ready\n", ct)
            : Surface.TextAsync(context, StatusCodes.Status503ServiceUnavailable, "not ready\n", ct);

    private static Task RefuseAsync(HttpContext context, CancellationToken ct)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Surface.TextAsync(context, StatusCodes.Status401Unauthorized, "a token is needed\n", ct);
    }

    // In constant time, and by hash, so that neither length nor beginning of the token shows.
    private static bool IsAllowed(HttpRequest request, Secret? token)
    {
        if (token is null)
            return true;

        var given = request.Headers.Authorization.ToString();
        return given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(Hash(given[Scheme.Length..].Trim()), Hash(token.Reveal()));
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
