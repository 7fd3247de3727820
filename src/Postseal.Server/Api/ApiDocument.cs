using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Postseal.Server.Api;

/// <summary>What the OpenAPI document says about itself.</summary>
internal static class ApiDocument
{
    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = endpoint => endpoint.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer(
            (document, _, ct) =>
            {
                ct.ThrowIfCancellationRequested();
                document.Info = new()
                {
                    Title = "Postseal",
                    Version = "1",
                    Description =
                        "Checks the mail transport security of a domain: MTA-STS (RFC 8461), TLS reporting (RFC 8460) and DANE (RFC 7672). "
                        + "Names never change their meaning; new ones may come. Limits: 429 with Retry-After.",
                    License = new() { Name = "Apache-2.0" },
                };
                document.Servers?.Clear(); // relative to where the document is
                return Task.CompletedTask;
            }
        );
    }
}
