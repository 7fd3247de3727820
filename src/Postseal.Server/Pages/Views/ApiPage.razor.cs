using Postseal.Server.Api;

namespace Postseal.Server.Pages.Views;

/// <summary>The API to read: made from the OpenAPI document.</summary>
public sealed partial class ApiPage
{
    private static string Example(ApiOperation operation)
    {
        var path = operation.Path.Replace("{domain}", "example.com", StringComparison.Ordinal);
        return operation switch
        {
            { Path: var p } when p.StartsWith("/api/v1/sender-test", StringComparison.Ordinal) => OfTest(operation),
            { Method: "POST" } => $"curl --data-binary @mta-sts.txt https://SITE{path}",
            { Path: var p } when p.EndsWith("/events", StringComparison.Ordinal) => $"curl -N https://SITE{path}",
            { Parameters.Count: 0 } => $"curl https://SITE{path}",
            { Path: "/api/v1/check/{domain}" } =>
                $"curl https://SITE{path}\ncurl -H 'Accept: application/sarif+json' https://SITE{path}\ncurl -H 'Accept: application/junit+xml' https://SITE{path}",
            _ => $"curl https://SITE{path}",
        };
    }

    private static string OfTest(ApiOperation operation)
    {
        var path = operation
            .Path.Replace("{key}", "KEY", StringComparison.Ordinal)
            .Replace("{round}", "2", StringComparison.Ordinal);
        var method = operation.Method == "GET" ? "" : $"-X {operation.Method} ";
        return $"curl {(path.EndsWith("/events", StringComparison.Ordinal) ? "-N " : method)}https://SITE{path}";
    }
}
