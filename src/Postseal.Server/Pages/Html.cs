using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging.Abstractions;
using Postseal.Protocol;

namespace Postseal.Server.Pages;

/// <summary>From values to HTML.</summary>
internal static class Html
{
    // Of one text from outside on a page: longer ones are hostile.
    private const int MaxText = 2000;

    // A policy has 64 KB at most (RFC 8461 §3.3); nobody reads more lines than these, and the JSON has them all.
    private const int MaxLines = 300;

    private static readonly ServiceProvider NoServices = new ServiceCollection().BuildServiceProvider();

    /// <summary>The HTML of one component.</summary>
    public static async Task<string> OfAsync<TView, TModel>(TModel model, CancellationToken ct)
        where TView : View<TModel>
        where TModel : notnull
    {
        ct.ThrowIfCancellationRequested();
        await using var renderer = new HtmlRenderer(NoServices, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var parameters = ParameterView.FromDictionary(
                new Dictionary<string, object?>(StringComparer.Ordinal) { [nameof(View<>.Model)] = model }
            );
            var root = await renderer.RenderComponentAsync<TView>(parameters);
            return root.ToHtmlString();
        });
    }

    /// <summary>Text from outside on one line, made visible where it would act; the encoding as HTML comes on top of this.</summary>
    public static string Safe(string text) => PrintableText.Of(text, MaxText);

    /// <summary>Text from outside with its lines kept.</summary>
    public static string SafeLines(string text)
    {
        var lines = text.Split('\n', MaxLines + 1);
        var shown = lines.Take(MaxLines).Select(l => Safe(l.EndsWith('\r') ? l[..^1] : l));
        return string.Join('\n', lines.Length > MaxLines ? shown.Append("…") : shown);
    }
}
