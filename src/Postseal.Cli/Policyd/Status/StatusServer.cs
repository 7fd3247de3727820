using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Postseal.Cli.Policyd.Server;
using Postseal.Protocol.Socketmap;

namespace Postseal.Cli.Policyd.Status;

/// <summary>The status pages: health, metrics, explanations, and the two commands an operator may give. Over HTTP, and on a socket of its own.</summary>
internal sealed class StatusServer : IAsyncDisposable
{
    // A person or a scraper; more is a mistake.
    private const int MaxConnections = 50;

    private readonly WebApplication _app;
    private readonly ListeningSocket? _control;

    private StatusServer(WebApplication app, ListeningSocket? control) => (_app, _control) = (app, control);

    /// <summary>Where HTTP is really served, port 0 resolved.</summary>
    public Uri Address => new(_app.Urls.Single(u => !u.Contains("unix:", StringComparison.Ordinal)));

    /// <summary>Binds and serves.</summary>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    /// <exception cref="ListenException">Another program has the port, or the control socket cannot be made.</exception>
    public static async Task<StatusServer> StartAsync(
        StatusAccess access,
        Operator desk,
        PolicydMetrics metrics,
        ILoggerFactory logs,
        CancellationToken ct
    )
    {
        var control = access.Control is { } path ? ListeningSocket.OpenAll([path])[0] : null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.Replace(ServiceDescriptor.Singleton(logs));
        builder.WebHost.ConfigureKestrel(options => Configure(options, access));
        // The socket is made by us, with its mode; else Kestrel would bind it with the process's.
        builder.WebHost.UseSockets(sockets =>
            sockets.CreateBoundListenSocket = at =>
                at is UnixDomainSocketEndPoint ? control!.Socket : SocketTransportOptions.CreateDefaultBoundListenSocket(at)
        );
        builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostLifetime, NoLifetime>();
        var app = builder.Build();
        app.Run(context => ServeAsync(context, access, desk, metrics, context.RequestAborted));
        try
        {
            await app.StartAsync(ct);
        }
        catch (Exception e)
        {
            await app.DisposeAsync();
            control?.Dispose();
            if (e is IOException { InnerException: AddressInUseException })
                throw new ListenException(
                    $"Another program listens on {access.Http} already. Stop it, or choose another port with --http; 'ss -ltnp' shows which it is.",
                    e
                );

            throw;
        }

        return new(app, control);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _control?.Dispose();
    }

    private static void Configure(KestrelServerOptions options, StatusAccess access)
    {
        options.AddServerHeader = false;
        options.Limits.MaxConcurrentConnections = MaxConnections;
        options.Limits.MaxRequestBodySize = 0;
        options.Limits.MaxRequestLineSize = 4096; // a domain name and a few words
        options.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(1);
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        if (access.Http is { } address)
            options.Listen(address);

        if (access.Control is { } control)
            options.ListenUnixSocket(
                control.Path,
                listen =>
                    listen.Use(next =>
                        connection =>
                        {
                            connection.Features.Set(ThroughControl.Mark);
                            return next(connection);
                        }
                    )
            );
    }

    private static async Task ServeAsync(
        HttpContext context,
        StatusAccess access,
        Operator desk,
        PolicydMetrics metrics,
        CancellationToken ct
    )
    {
        var path = context.Request.Path.Value ?? "/";
        var method = context.Request.Method;
        var isCommand =
            path.StartsWith("/refresh/", StringComparison.Ordinal) || path.StartsWith("/forget/", StringComparison.Ordinal);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        var refusal = context.Features.Get<ThroughControl>() is not null
            ? null
            : access.Refuse(context.Request, Local(context.Connection), isCommand);
        if (isCommand ? !HttpMethods.IsPost(method) : !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method))
        {
            context.Response.Headers.Allow = isCommand ? "POST" : "GET, HEAD"; // RFC 9110 §15.5.6
            await TextAsync(context, StatusCodes.Status405MethodNotAllowed, "wrong method\n", ct);
        }
        else if (refusal is not null)
        {
            if (refusal.Status == StatusCodes.Status401Unauthorized)
                context.Response.Headers.WWWAuthenticate = "Bearer"; // RFC 6750 §3

            await TextAsync(context, refusal.Status, refusal.Text, ct);
        }
        else
            await PageAsync(context, desk, metrics, path, ct);
    }

    private static Task PageAsync(
        HttpContext context,
        Operator desk,
        PolicydMetrics metrics,
        string path,
        CancellationToken ct
    ) =>
        path switch
        {
            // Alive either way: a service manager that restarted the daemon would have it forget what is in memory alone.
            "/healthz" => TextAsync(
                context,
                StatusCodes.Status200OK,
                desk.HasStore ? "ok\n" : "degraded: the policy store cannot be written to; see the log\n",
                ct
            ),
            "/readyz" => desk.IsReady
                ? TextAsync(context, StatusCodes.Status200OK, "ready\n", ct)
                : TextAsync(context, StatusCodes.Status503ServiceUnavailable, "not ready\n", ct),
            "/metrics" => TextAsync(context, StatusCodes.Status200OK, metrics.Render(), ct),
            _ when path.Split('/', 3) is ["", var verb, var domain] => CommandAsync(context, desk, verb, domain, ct),
            _ => TextAsync(context, StatusCodes.Status404NotFound, "there is no such page\n", ct),
        };

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

    // A listener of IPv6 may see addresses of IPv4 in its own form.
    private static IPEndPoint Local(ConnectionInfo connection) =>
        connection.LocalIpAddress is { IsIPv4MappedToIPv6: true } mapped
            ? new(mapped.MapToIPv4(), connection.LocalPort)
            : new(connection.LocalIpAddress ?? IPAddress.None, connection.LocalPort);

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

    // Of a connection that came through the control socket.
    private sealed class ThroughControl
    {
        public static readonly ThroughControl Mark = new();
    }

    // Signals are the daemon's own affair.
    private sealed class NoLifetime : Microsoft.Extensions.Hosting.IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
