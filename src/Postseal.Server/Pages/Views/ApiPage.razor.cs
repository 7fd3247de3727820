using Postseal.Server.Api;

namespace Postseal.Server.Pages.Views;

/// <summary>What the API page shows.</summary>
/// <param name="Reference">The API.</param>
/// <param name="Site">Where it is: scheme and host.</param>
public sealed record ApiPageModel(ApiReference Reference, string Site);

/// <summary>The API to read: made from the OpenAPI document.</summary>
public sealed partial class ApiPage
{
    private ApiReference Reference => Model.Reference;

    private string Example(ApiOperation operation)
    {
        var url = Model.Site + operation.Path.Replace("{domain}", "example.com", StringComparison.Ordinal);
        return operation switch
        {
            { Path: var p } when p.StartsWith("/api/v1/sender-test", StringComparison.Ordinal) => OfTest(operation),
            { Method: "POST" } => $"curl --data-binary @mta-sts.txt {url}",
            { Path: var p } when p.EndsWith("/events", StringComparison.Ordinal) => $"curl -N {url}",
            { Parameters.Count: 0 } => $"curl {url}",
            { Path: "/api/v1/check/{domain}" } =>
                $"curl {url}\ncurl -H 'Accept: application/sarif+json' {url}\ncurl -H 'Accept: application/junit+xml' {url}",
            _ => $"curl {url}",
        };
    }

    private string OfTest(ApiOperation operation)
    {
        var path = operation
            .Path.Replace("{key}", "KEY", StringComparison.Ordinal)
            .Replace("{round}", "2", StringComparison.Ordinal);
        var method = operation.Method == "GET" ? "" : $"-X {operation.Method} ";
        return $"curl {(path.EndsWith("/events", StringComparison.Ordinal) ? "-N " : method)}{Model.Site}{path}";
    }
}
