using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Postseal.Server.Lookups;
using Postseal.Server.Store;

namespace Postseal.Server.Hosting;

/// <summary>Metrics and traces by OpenTelemetry. They are gathered by name from the whole process, so both listeners are seen.</summary>
internal static class Telemetry
{
    private const string Service = "postseal-server";

    /// <summary>Metrics always, for <c>/metrics</c>; traces only where somebody collects them.</summary>
    /// <param name="services">Of the application that serves <c>/metrics</c>.</param>
    /// <param name="otlp">The collector (gRPC), or null.</param>
    public static void AddTo(IServiceCollection services, Uri? otlp)
    {
        var telemetry = services
            .AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(Service))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(LookupMeter.Name, StoreMeter.Name).AddAspNetCoreInstrumentation().AddRuntimeInstrumentation();
                metrics.AddPrometheusExporter();
                if (otlp is not null)
                    metrics.AddOtlpExporter(exporter => exporter.Endpoint = otlp);
            });
        if (otlp is not null)
            telemetry.WithTracing(traces =>
                traces
                    .AddAspNetCoreInstrumentation(requests =>
                    {
                        requests.Filter = IsWorthTracing;
                        requests.EnrichWithHttpRequest = (trace, request) =>
                        {
                            trace.SetTag("url.path", LoggedPath.Of(request.Path));
                            trace.SetTag("url.query", null); // what visitors type, and keys that stand in the wrong place
                        };
                    })
                    .AddOtlpExporter(exporter => exporter.Endpoint = otlp)
            );
    }

    // Supervisors and scrapers come every few seconds and always find the same.
    private static bool IsWorthTracing(HttpContext context) =>
        context.Request.Path.Value is not ("/healthz" or "/readyz" or "/metrics");
}
