using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Postseal.Server.Hosting;

/// <summary>One listener with an application of its own. Public and private share neither pipeline nor routes nor connection limits, so that no
/// mistake in one route can show the other's pages, and a flood at the public one leaves the private one free.</summary>
internal static class Surface
{
    /// <summary>A builder that reads neither environment nor files: configuration is our own.</summary>
    public static WebApplicationBuilder Builder(ILoggerFactory logs, Action<KestrelServerOptions> configure)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(configure);
        builder.Services.AddRoutingCore();
        builder.Services.Replace(ServiceDescriptor.Singleton(logs));
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton<IStartupFilter, ReadableHost>();
        return builder;
    }

    /// <summary>Binds and serves.</summary>
    /// <exception cref="SiteStartException">An address cannot be listened on.</exception>
    public static async Task StartAsync(WebApplication app, CancellationToken ct)
    {
        try
        {
            await app.StartAsync(ct);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new SiteStartException($"cannot listen: {e.Message}", e);
        }
    }

    /// <summary>Where it listens, with the ports that the system chose.</summary>
    public static IReadOnlyList<Uri> Addresses(WebApplication app) =>
        [
            .. app
                .Services.GetRequiredService<IServer>()
                .Features.Get<IServerAddressesFeature>()!
                .Addresses.Where(a => Uri.IsWellFormedUriString(a, UriKind.Absolute))
                .Select(a => new Uri(a)),
        ];

    /// <summary>A few words of plain text.</summary>
    public static Task TextAsync(HttpContext context, int status, string text, CancellationToken ct)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text, ct);
    }

    // Signals are the program's own affair.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
