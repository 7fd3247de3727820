using System.Globalization;
using Microsoft.OpenApi;

namespace Postseal.Server.Api;

/// <summary>The OpenAPI document as a list to read; made from the document, so that the two cannot differ.</summary>
/// <param name="Description">What the API is for.</param>
/// <param name="Operations">In the order of the document.</param>
/// <param name="Schemas">The objects that answers are made of, by name.</param>
public sealed record ApiReference(string Description, IReadOnlyList<ApiOperation> Operations, IReadOnlyList<ApiSchema> Schemas)
{
    /// <summary>Reads the document.</summary>
    public static ApiReference Of(OpenApiDocument document) =>
        new(
            document.Info.Description ?? "",
            [
                .. document.Paths.SelectMany(path =>
                    (path.Value.Operations ?? []).Select(o => Operation(o.Key.Method, path.Key, o.Value))
                ),
            ],
            [.. (document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>()).Select(s => Schema(s.Key, s.Value))]
        );

    private static ApiOperation Operation(string method, string path, OpenApiOperation operation) =>
        new(
            method,
            path,
            operation.Summary ?? "",
            operation.Description ?? "",
            [
                .. (operation.Parameters ?? []).Select(p => new ApiParameter(
                    p.Name ?? "",
                    p.In is { } place ? place.ToString().ToLower(CultureInfo.InvariantCulture) : "",
                    p.Required,
                    p.Description ?? ""
                )),
            ],
            [
                .. (operation.Responses ?? []).Select(r => new ApiResponse(
                    r.Key,
                    r.Value.Description ?? "",
                    [.. (r.Value.Content ?? new Dictionary<string, OpenApiMediaType>()).Keys],
                    r.Value.Content?.Values.Select(c => Name(c.Schema)).FirstOrDefault(n => n is not null)
                )),
            ]
        );

    private static ApiSchema Schema(string name, IOpenApiSchema schema) =>
        new(
            name,
            schema.Description ?? "",
            [
                .. (schema.Properties ?? new Dictionary<string, IOpenApiSchema>()).Select(p => new ApiProperty(
                    p.Key,
                    Type(p.Value),
                    Described(p.Value)
                )),
            ]
        );

    private static string Type(IOpenApiSchema schema)
    {
        if (Name(schema) is { } name)
            return name;

        if (schema.OneOf is { Count: > 0 } choices)
            return string.Join(" or ", choices.Select(Type));

        var text = Plain(schema.Type & ~JsonSchemaType.Null);
        text = schema.Items is { } items ? $"{text} of {Type(items)}" : text;
        return schema.Type?.HasFlag(JsonSchemaType.Null) == true ? $"{text} or null" : text;
    }

    private static string Plain(JsonSchemaType? type) =>
        type is { } one and not 0 ? one.ToString().ToLower(CultureInfo.InvariantCulture) : "null";

    private static string? Name(IOpenApiSchema? schema) => (schema as OpenApiSchemaReference)?.Reference.Id;

    private static string Described(IOpenApiSchema schema) =>
        schema is OpenApiSchemaReference reference ? reference.Reference.Description ?? "" : schema.Description ?? "";
}

/// <summary>One operation.</summary>
public sealed record ApiOperation(
    string Method,
    string Path,
    string Summary,
    string Description,
    IReadOnlyList<ApiParameter> Parameters,
    IReadOnlyList<ApiResponse> Responses
)
{
    /// <summary>Where the operation stands on the page.</summary>
    public string Anchor => $"{Method}{Path}".ToLower(CultureInfo.InvariantCulture).Replace('/', '-').Trim('{', '}');
}

/// <summary>One parameter.</summary>
public sealed record ApiParameter(string Name, string Place, bool IsRequired, string Description);

/// <summary>One kind of answer.</summary>
/// <param name="Schema">The name of the object it holds, or null.</param>
public sealed record ApiResponse(string Status, string Description, IReadOnlyList<string> Types, string? Schema);

/// <summary>One object.</summary>
public sealed record ApiSchema(string Name, string Description, IReadOnlyList<ApiProperty> Properties);

/// <summary>One property of an object.</summary>
public sealed record ApiProperty(string Name, string Type, string Description);
