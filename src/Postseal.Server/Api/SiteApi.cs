using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Json;
using Postseal.Checks.Json;

namespace Postseal.Server.Api;

/// <summary>The public API, version 1.</summary>
public static class SiteApi
{
    /// <summary>Where the OpenAPI document is.</summary>
    public const string DocumentPath = "/openapi/v1.json";

    private const string Group = "/api/v1";

    // What changes with a new version of the program only, as the pages do.
    private const string Stable = "public, max-age=300";

    /// <summary>What the endpoints need besides the desk.</summary>
    public static void AddServices(IServiceCollection services)
    {
        services.Configure<JsonOptions>(o =>
        {
            o.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            o.SerializerOptions.WriteIndented = true;
            o.SerializerOptions.Encoder = JavaScriptEncoder.Default; // no "<", whoever takes it for HTML
            o.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        });
        services.AddProblemDetails();
        services.AddOpenApi("v1", ApiDocument.Configure);
    }

    /// <summary>Maps every endpoint and the OpenAPI document.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json").AddEndpointFilter(Cached(Stable));
        var api = routes.MapGroup(Group).AddEndpointFilter(Cached("no-store"));
        MapChecks(api);
        api.MapPost("/policy/lint", LintEndpoint.LintAsync)
            .WithName("lintPolicy")
            .WithTags("Policies")
            .Accepts<string>("text/plain", "*/*")
            .Produces<Postseal.Checks.Lint.LintDocument>()
            .WithSummary("Check a policy text")
            .WithDescription(
                "The body is the text of a policy, at most 64 KiB of UTF-8; where it is wrong, the answer says at which line and column."
            )
            .Problems(403, 413, 429, 500);
        api.MapGet("/findings", FindingsEndpoint.List)
            .AddEndpointFilter(Cached(Stable)) // after that of the group
            .WithName("listFindings")
            .WithTags("Findings")
            .Produces<FindingsDocument>()
            .WithSummary("All findings that a check can report")
            .WithDescription("Stable ids with title, RFC section and the address of the page that explains it.")
            .Problems(429, 500);
    }

    private static void MapChecks(RouteGroupBuilder api)
    {
        api.MapGet("/check/{domain}", CheckEndpoints.CheckAsync)
            .WithName("checkDomain")
            .WithTags("Checks")
            .Produces<CheckDocument>(StatusCodes.Status200OK, CheckFormats.Json, CheckFormats.Sarif, CheckFormats.JUnit)
            .WithSummary("Check a domain")
            .WithDescription(
                "Checks MTA-STS, TLS reporting and DANE of a domain, and every mail server. A result of the last minutes is given at once; otherwise "
                    + "the answer comes when the check is done, which takes one to ninety seconds. The Accept header chooses JSON, SARIF or JUnit XML."
            )
            .Problems(400, 406, 429, 500, 503);
        api.MapGet("/check/{domain}/events", CheckEndpoints.Events)
            .WithName("watchCheck")
            .WithTags("Checks")
            .Produces<StepEvent>(StatusCodes.Status200OK, "text/event-stream")
            .WithSummary("Watch a check")
            .WithDescription(
                "Server-sent events: one 'step' for each thing that has been looked at, then one 'result' with the document that a check gives, or one "
                    + "'failed'. The stream ends after it."
            )
            .Problems(400, 429, 500);
        api.MapGet("/check/{domain}/history", CheckEndpoints.HistoryAsync)
            .WithName("readHistory")
            .WithTags("Checks")
            .Produces<HistoryDocument>()
            .WithSummary("What earlier checks showed")
            .WithDescription("When each finding appeared and went, the verdicts, and what was published. Starts no check.")
            .Problems(400, 404, 429, 500);
        api.MapGet("/check/{domain}/kept", CheckEndpoints.KeptAsync)
            .WithName("readKeptCheck")
            .WithTags("Checks")
            .Produces<CheckDocument>()
            .WithSummary("The last result that is remembered")
            .WithDescription(
                "As old as its 'checkedAt' says; with 'at', what was so at an earlier time. Starts no check, so it is there when a new one is refused."
            )
            .Problems(400, 404, 429, 500);
    }

    // Set before the endpoint runs: an error is written by others, who say "no-store" themselves.
    private static Func<EndpointFilterInvocationContext, EndpointFilterDelegate, ValueTask<object?>> Cached(string value) =>
        (call, next) =>
        {
            call.HttpContext.Response.Headers.CacheControl = value;
            return next(call);
        };

    private static RouteHandlerBuilder Problems(this RouteHandlerBuilder builder, params int[] statuses)
    {
        foreach (var status in statuses)
            builder.ProducesProblem(status);

        return builder;
    }
}
