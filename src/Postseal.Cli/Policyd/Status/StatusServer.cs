using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Postseal.Protocol.Socketmap;

namespace Postseal.Cli.Policyd.Status;

/// <summary>The status pages over HTTP: health, metrics, explanations, and the two commands an operator may give.</summary>
internal sealed class StatusServer : IAsyncDisposable
{
    // A person or a scraper; more is a mistake.
    private const int MaxConnections = 50;

    private readonly WebApplication _app;

    private StatusServer(WebApplication app) => _app = app;

    /// <summary>Where it really listens, port 0 resolved.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <summary>Binds and serves.</summary>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    public static async Task<StatusServer> StartAsync(
        IPEndPoint address,
        Operator desk,
        PolicydMetrics metrics,
        ILoggerFactory logs,
        CancellationToken ct
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.Replace(ServiceDescriptor.Singleton(logs));
        builder.WebHost.ConfigureKestrel(options => Configure(options, address));
        builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostLifetime, NoLifetime>();
        var app = builder.Build();
        app.Run(context => ServeAsync(context, desk, metrics, context.RequestAborted));
        try
        {
            await app.StartAsync(ct);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new(app);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static void Configure(KestrelServerOptions options, IPEndPoint address)
    {
        options.AddServerHeader = false;
        options.Limits.MaxConcurrentConnections = MaxConnections;
        options.Limits.MaxRequestBodySize = 0;
        options.Limits.MaxRequestLineSize = 4096; // a domain name and a few words
        options.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(1);
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        options.Listen(address);
    }

    private static async Task ServeAsync(HttpContext context, Operator desk, PolicydMetrics metrics, CancellationToken ct)
    {
        var path = context.Request.Path.Value ?? "/";
        var method = context.Request.Method;
        var isCommand =
            path.StartsWith("/refresh/", StringComparison.Ordinal) || path.StartsWith("/forget/", StringComparison.Ordinal);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (isCommand ? !HttpMethods.IsPost(method) : !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method))
        {
            context.Response.Headers.Allow = isCommand ? "POST" : "GET, HEAD"; // RFC 9110 §15.5.6
            await TextAsync(context, StatusCodes.Status405MethodNotAllowed, "wrong method\n", ct);
        }
        else if (isCommand && IsFromBrowser(context.Request))
            await TextAsync(context, StatusCodes.Status403Forbidden, "not for web pages\n", ct);
        else
            await (
                path switch
                {
                    "/healthz" => TextAsync(context, StatusCodes.Status200OK, "ok\n", ct),
                    "/readyz" => desk.IsReady
                        ? TextAsync(context, StatusCodes.Status200OK, "ready\n", ct)
                        : TextAsync(context, StatusCodes.Status503ServiceUnavailable, "not ready\n", ct),
                    "/metrics" => TextAsync(context, StatusCodes.Status200OK, metrics.Render(), ct),
                    _ when path.Split('/', 3) is ["", var verb, var domain] => CommandAsync(context, desk, verb, domain, ct),
                    _ => TextAsync(context, StatusCodes.Status404NotFound, "there is no such page\n", ct),
                }
            );
    }

    private static async Task CommandAsync(HttpContext context, Operator desk, string verb, string domain, CancellationToken ct)
    {
        if (verb is not ("explain" or "refresh" or "forget"))
            await TextAsync(context, StatusCodes.Status404NotFound, "there is no such page\n", ct);
        else if (!Destination.TryParse(domain, out var destination))
            await TextAsync(
                context,
                StatusCodes.Status400BadRequest,
                "that is no domain name, or one without a policy by its nature\n",
                ct
            );
        else if (verb == "explain")
            await JsonAsync(context, await desk.ExplainAsync(destination, ct), StatusJson.Default.ExplainDocument, ct);
        else
            await JsonAsync(
                context,
                verb == "refresh" ? await desk.RefreshAsync(destination, ct) : await desk.ForgetAsync(destination, ct),
                StatusJson.Default.CommandDocument,
                ct
            );
    }

    // A page open in a browser on this machine may reach loopback too, and must not command us (or a name that it points there).
    private static bool IsFromBrowser(HttpRequest request) =>
        request.Headers.ContainsKey("Origin") || request.Headers.ContainsKey("Sec-Fetch-Site");

    private static Task TextAsync(HttpContext context, int status, string text, CancellationToken ct)
    {
        context.Response.StatusCode = status;
        // Prometheus wants the version; nobody else minds.
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(text, ct);
    }

    private static Task JsonAsync<T>(HttpContext context, T document, JsonTypeInfo<T> type, CancellationToken ct)
    {
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, document, type, ct);
    }

    // Signals are the daemon's own affair.
    private sealed class NoLifetime : Microsoft.Extensions.Hosting.IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
