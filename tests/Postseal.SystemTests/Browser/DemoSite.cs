using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Postseal.Checks.Facts;
using Postseal.Checks.Setup;
using Postseal.Lab;
using Postseal.Resolver.Dns;
using Postseal.Server.Configuration;
using Postseal.Server.Hosting;
using Postseal.Server.Lookups;
using Postseal.Server.Pages;

namespace Postseal.SystemTests.Browser;

/// <summary>The site on top of a lab, as <c>postseal-server demo</c> runs it, in this process.</summary>
public sealed class DemoSite : IAsyncDisposable
{
    private readonly LabInternet _lab;
    private readonly LookupMeter _meter = new();
    private readonly LookupDesk _desk;
    private readonly WebApplication _app;

    private DemoSite(LabInternet lab)
    {
        _lab = lab;
        var settings = new LookupSettings(
            [lab.DnsEndPoint],
            DnssecTrust.Auto,
            lab.CaFile,
            AllowPrivate: true,
            lab.HttpsPort,
            lab.SmtpPort,
            null
        );
        var engine = Engine.Create(settings, TimeProvider.System).Engine!;
        var gatherer = new DomainGatherer(engine.Dns, engine.PolicyHost, engine.Options, TimeProvider.System);
        _desk = new(gatherer.GatherAsync, null, new(), TimeProvider.System, _meter, NullLogger.Instance);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(_desk);
        builder.Services.AddSingleton(new ClientBudget());
        builder.Services.AddSingleton(
            new SiteInfo("Postseal", null, [.. lab.Domains.Select(d => new ExampleDomain(d.Name, d.Fault))])
        );
        _app = builder.Build();
        _app.Use(
            (context, next) =>
            {
                context.Response.Headers.ContentSecurityPolicy =
                    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
                    + "base-uri 'none'; frame-ancestors 'none'";
                return next(context);
            }
        );
        SitePages.Map(_app);
    }

    /// <summary>The start page.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts lab and site.</summary>
    /// <param name="latency">Of every answer in the lab; long enough to see steps arrive, or zero.</param>
    public static async Task<DemoSite> StartAsync(TimeSpan latency, CancellationToken ct)
    {
        var site = new DemoSite(await LabInternet.StartAsync(new() { Latency = latency }, ct));
        await site._app.StartAsync(ct);
        return site;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _desk.DisposeAsync();
        _meter.Dispose();
        await _lab.DisposeAsync();
    }
}
