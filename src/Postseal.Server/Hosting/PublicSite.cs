using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Postseal.Protocol;
using Postseal.Server.Configuration;
using Postseal.Server.History;
using Postseal.Server.SenderTest.Tests;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Postseal.Server.Hosting;

/// <summary>The application behind the public listener. In order: headers, health, who asks, log, errors, limits, from where, endpoints.</summary>
internal static class PublicSite
{
    /// <summary>Wires it; nothing listens yet.</summary>
    public static WebApplication Create(
        ServerConfiguration configuration,
        SiteParts parts,
        Action<IEndpointRouteBuilder> map,
        ILoggerFactory logs,
        TimeProvider clock
    )
    {
        var crowd = new PublicCrowd(configuration.Web, PublicLimits.Crowd);
        var builder = Surface.Builder(logs, options => Listen(options, configuration.Web, crowd));
        builder.Services.Configure<SocketTransportOptions>(PublicLimits.ApplyTo);
        builder.Services.AddSingleton(configuration);
        builder.Services.AddSingleton(parts.Desk);
        builder.Services.AddSingleton(parts.History);
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton(SiteInfo.Of(configuration));
        builder.Services.AddSingleton(new ClientBudget(configuration.Web, clock));
        builder.Services.AddHostedService(services => new HistoryKeeper(
            parts.History,
            TimeSpan.FromDays(configuration.Store.HistoryDays),
            clock,
            services.GetRequiredService<ILogger<HistoryKeeper>>()
        ));
        if (parts.Tests is { } tests)
        {
            builder.Services.AddSingleton(tests);
            builder.Services.AddSingleton(new Audience(tests, clock));
            builder.Services.AddHostedService(_ => new TestKeeper(tests, clock, logs.CreateLogger("sender-test")));
        }

        PublicSurface.AddServices(builder.Services);
        var app = builder.Build();
        Wire(app, configuration.Web, crowd, logs.CreateLogger("web"), clock);
        map(app);
        return app;
    }

    private static void Listen(KestrelServerOptions options, WebSettings web, PublicCrowd crowd)
    {
        PublicLimits.ApplyTo(options, crowd);
        if (SocketActivation.IsOurs)
        {
            options.UseSystemd(); // where systemd holds the sockets, what it hands over is what counts
            return;
        }

        foreach (var address in web.Listen)
            options.Listen(address);
    }

    private static void Wire(WebApplication app, WebSettings web, PublicCrowd crowd, ILogger log, TimeProvider clock)
    {
        var headers = new SecurityHeaders(web.PublicUrl?.Scheme == Uri.UriSchemeHttps);
        var (budget, sameSite) = (app.Services.GetRequiredService<ClientBudget>(), new SameSite(web.PublicUrl));
        app.Use((context, next) => crowd.AnswerAsync(context, next, context.RequestAborted));
        app.Use(
            (context, next) =>
            {
                headers.AddTo(context);
                return context.Request.Path == "/healthz"
                    ? Surface.TextAsync(context, StatusCodes.Status200OK, "ok\n", context.RequestAborted)
                    : next(context);
            }
        );
        if (web.TrustedProxies.Count > 0)
            app.UseForwardedHeaders(Forwarded(web));

        if (log.IsEnabled(LogLevel.Debug))
            app.Use((context, next) => LoggedAsync(context, next, log, clock, context.RequestAborted));

        app.UseExceptionHandler(Errors());
        app.UseStatusCodePages(page =>
        {
            AllowHead(page.HttpContext.Response.Headers);
            return SiteErrors.WriteAsync(
                page.HttpContext,
                SiteError.Of(page.HttpContext.Response.StatusCode),
                page.HttpContext.RequestAborted
            );
        });
        app.Use((context, next) => LimitedAsync(context, next, budget, context.RequestAborted));
        app.Use((context, next) => sameSite.GuardAsync(context, next, context.RequestAborted));
        app.Use(
            (context, next) =>
            {
                // Endpoints know GET only; Kestrel sends no body to whoever asked by HEAD.
                if (HttpMethods.IsHead(context.Request.Method))
                    context.Request.Method = HttpMethods.Get;

                return next(context);
            }
        );
        app.UseRouting(); // here, so that a refused request is not even matched
    }

    // Endpoints that know GET only are asked by HEAD as well.
    private static void AllowHead(IHeaderDictionary headers)
    {
        var methods = headers.GetCommaSeparatedValues("Allow");
        if (methods.Contains("GET") && !methods.Contains("HEAD"))
            headers.Allow = string.Join(", ", methods.Append("HEAD").Order(StringComparer.Ordinal));
    }

    // As many hops as are trusted; the first that is not is the client.
    private static ForwardedHeadersOptions Forwarded(WebSettings web)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in web.TrustedProxies)
            options.KnownIPNetworks.Add(network);

        return options;
    }

    private static ExceptionHandlerOptions Errors() =>
        new()
        {
            StatusCodeSelector = e =>
                e is BadHttpRequestException refused ? refused.StatusCode : StatusCodes.Status500InternalServerError,
            // A client's mistake is not ours to log.
            SuppressDiagnosticsCallback = failure => failure.Exception is BadHttpRequestException,
            AllowStatusCode404Response = true,
            ExceptionHandler = context =>
                SiteErrors.WriteAsync(context, SiteError.Of(context.Response.StatusCode), context.RequestAborted),
        };

    private static Task LimitedAsync(HttpContext context, RequestDelegate next, ClientBudget budget, CancellationToken ct)
    {
        if (!budget.TryTakeRequest(context, out var retryAfter))
            return SiteErrors.WriteAsync(context, SiteError.TooMany(retryAfter), ct);

        // Said before the body is sent, where the client says how long it is; otherwise reading it throws the same.
        return context.Request.ContentLength > PublicLimits.BodyBytes
            ? SiteErrors.WriteAsync(context, SiteError.Of(StatusCodes.Status413PayloadTooLarge), ct)
            : HeldAsync(context, next, budget, ct);
    }

    // Slow bodies and slow readers are requests, too, and so is a page that waits for its check.
    private static async Task HeldAsync(HttpContext context, RequestDelegate next, ClientBudget budget, CancellationToken ct)
    {
        if (!budget.TryHoldRequest(context))
        {
            await SiteErrors.WriteAsync(context, SiteError.TooManyAtATime, ct);
            return;
        }

        try
        {
            await next(context);
        }
        finally
        {
            budget.ReleaseRequest(context);
        }
    }

    private static async Task LoggedAsync(
        HttpContext context,
        RequestDelegate next,
        ILogger log,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        _ = ct;
        var started = clock.GetTimestamp();
        var (method, path) = (PrintableText.Of(context.Request.Method, 20), LoggedPath.Of(context.Request.Path));
        try
        {
            await next(context);
        }
        finally
        {
            var took = (long)clock.GetElapsedTime(started).TotalMilliseconds;
            SiteLog.Request(log, method, path, context.Response.StatusCode, took);
        }
    }
}
