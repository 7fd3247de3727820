using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Postseal.Server.Configuration;
using Postseal.Server.Hosting;

namespace Postseal.Tests.Server.Hosting;

/// <summary>A server on ports of the system's choice, with a few endpoints that do what tests need, and a client for it.</summary>
internal sealed class SiteBench : IAsyncDisposable
{
    private readonly string _data;

    private SiteBench(SiteServer server, BenchLogs logs, string data)
    {
        (Server, Logs, _data) = (server, logs, data);
        Public = Client(server.PublicAddress);
        Private = Client(server.PrivateAddress);
    }

    public SiteServer Server { get; }

    public BenchLogs Logs { get; }

    public HttpMessageInvoker Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public BenchClient Public { get; }

    public BenchClient Private { get; }

    public static async Task<SiteBench> StartAsync(
        Func<ServerConfiguration, ServerConfiguration> change,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var data = Directory.CreateTempSubdirectory("postseal-site-").FullName;
        var logs = new BenchLogs();
        try
        {
            return new(await SiteServer.StartAsync(change(Standard(data)), Map, logs, clock, ct), logs, data);
        }
        catch
        {
            Directory.Delete(data, recursive: true);
            throw;
        }
    }

    /// <summary>What tests start from: everything on loopback, any port.</summary>
    public static ServerConfiguration Standard(string data) =>
        new()
        {
            DataDirectory = data,
            Web = new() { Listen = [new(IPAddress.Loopback, 0)] },
            Private = new() { Listen = new(IPAddress.Loopback, 0) },
        };

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private BenchClient Client(Uri address) => new(Http, address);

    private static void Map(IEndpointRouteBuilder site)
    {
        PublicSurface.Map(site);
        site.MapGet("/test/bug", string () => throw new InvalidOperationException("the secret of the bug"));
        site.MapGet("/api/test/bug", string () => throw new InvalidOperationException("the secret of the bug"));
        site.MapGet("/test/client", (HttpContext c) => $"{c.Connection.RemoteIpAddress} {c.Request.Scheme}");
        site.MapGet("/test/link", (HttpContext c, SiteInfo info) => info.Link(c.Request, "/check/example.com"));
        site.MapPost(
            "/test/body",
            async (HttpContext c) => await new StreamReader(c.Request.Body).ReadToEndAsync(c.RequestAborted)
        );
        site.MapGet("/test/check", CheckAsync);
        site.MapGet("/api/test/check", CheckAsync);
        site.MapGet("/test/endless", (HttpContext c) => EndlessAsync(c, c.RequestAborted));
    }

    private static Task CheckAsync(HttpContext context, ClientBudget budget, CancellationToken ct) =>
        budget.TryTake(context, out var refusal)
            ? context.Response.WriteAsync("taken", ct)
            : SiteErrors.WriteAsync(context, SiteError.Of(refusal, "nothing was taken"), ct);

    private static async Task EndlessAsync(HttpContext context, CancellationToken ct)
    {
        await context.Response.WriteAsync("begun\n", ct);
        await context.Response.Body.FlushAsync(ct);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
    }
}

/// <summary>Asks one listener.</summary>
internal sealed class BenchClient(HttpMessageInvoker http, Uri address)
{
    public Uri Address => address;

    public Task<HttpResponseMessage> GetAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Get, path, [], null, ct);

    public Task<HttpResponseMessage> GetAsync(string path, (string Name, string Value) header, CancellationToken ct) =>
        SendAsync(HttpMethod.Get, path, [header], null, ct);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        IEnumerable<(string Name, string Value)> headers,
        HttpContent? body,
        CancellationToken ct
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(address, path)) { Content = body };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);

        return await http.SendAsync(request, ct);
    }
}

/// <summary>The log of the whole server, to be read.</summary>
internal sealed class BenchLogs : ILoggerFactory
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public void AddProvider(ILoggerProvider provider) { }

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void Dispose() { }

    private sealed class Logger(string category, ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        // As in the program's own log, the framework speaks of trouble only.
        public bool IsEnabled(LogLevel logLevel) =>
            logLevel >= LogLevel.Warning || !category.StartsWith("Microsoft.", StringComparison.Ordinal);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception?.Message}");
    }
}
