using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Postseal.Benchmarks.Site;

/// <summary>Kestrel that answers everything with the same bytes: what a page costs when there is nothing to do for it.</summary>
internal static class BareSite
{
    /// <summary>First argument of this program when it is to be this server.</summary>
    public const string Verb = "serve-bare";

    public static async Task RunAsync(string port, string file, CancellationToken ct)
    {
        var bytes = await File.ReadAllBytesAsync(file, ct);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture)));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            context.Response.ContentLength = bytes.Length;
            return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
        });
        await app.StartAsync(ct);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
    }
}
