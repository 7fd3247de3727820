using Microsoft.AspNetCore.Http.Features;

namespace Postseal.Server.Hosting;

/// <summary>What the forms of the site send: a few short fields, as browsers write them.</summary>
internal static class Forms
{
    private const string Type = "application/x-www-form-urlencoded";

    // Most have two fields of a few letters.
    private const int MaxBytes = 1000;

    private static readonly FormOptions Options = new() { ValueCountLimit = 10 };

    /// <summary>The fields. Null for what no form of ours sends; then it has been answered.</summary>
    public static Task<IFormCollection?> ReadAsync(HttpContext context, CancellationToken ct) => ReadAsync(context, MaxBytes, ct);

    /// <summary>The same of a form with a text.</summary>
    /// <param name="context">The request.</param>
    /// <param name="maxBytes">Of the whole form as it is sent.</param>
    /// <param name="ct">Ends reading.</param>
    public static async Task<IFormCollection?> ReadAsync(HttpContext context, int maxBytes, CancellationToken ct)
    {
        var status = Problem(context.Request, maxBytes);
        try
        {
            if (status is null)
            {
                PageWork.Count(context, context.Request.ContentLength ?? 0);
                return context.Request.ContentLength > 0 ? await FieldsAsync(context.Request, ct) : FormCollection.Empty;
            }
        }
        catch (InvalidDataException) // too many fields, or too long ones
        {
            status = StatusCodes.Status400BadRequest;
        }

        await SiteErrors.WriteAsync(context, SiteError.Of(status.Value), ct);
        return null;
    }

    private static Task<IFormCollection> FieldsAsync(HttpRequest request, CancellationToken ct) =>
        new FormFeature(request, Options).ReadFormAsync(ct);

    // A body without length is of no browser.
    private static int? Problem(HttpRequest request, int maxBytes)
    {
        if (request.ContentType is { } type && !IsType(type))
            return StatusCodes.Status415UnsupportedMediaType;
        if (request.ContentLength is null && request.Headers.TransferEncoding.Count > 0)
            return StatusCodes.Status400BadRequest;
        if (request.ContentLength > maxBytes)
            return StatusCodes.Status413PayloadTooLarge;

        return request.ContentLength > 0 && request.ContentType is null ? StatusCodes.Status415UnsupportedMediaType : null;
    }

    private static bool IsType(string text) =>
        Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(text, out var type)
        && type.MediaType.Equals(Type, StringComparison.OrdinalIgnoreCase);
}
