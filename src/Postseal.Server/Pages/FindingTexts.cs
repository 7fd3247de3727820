using System.Collections.Concurrent;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Postseal.Server.Pages;

/// <summary>The pages of docs/findings as HTML.</summary>
internal static class FindingTexts
{
    // They are ours, but a page is a page: whatever looks like HTML in them is shown as text.
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().Build();

    private static readonly ConcurrentDictionary<string, string> Known = new(StringComparer.Ordinal);

    /// <summary>Everything below the heading; the id must be one of the catalogue.</summary>
    public static string Of(string id) => Known.GetOrAdd(id, Read);

    private static string Read(string id)
    {
        using var stream = typeof(FindingTexts).Assembly.GetManifestResourceStream($"findings/{id}.md")!;
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        var body = text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
        var page = Markdown.Parse(body, Pipeline);
        foreach (var link in page.Descendants<LinkInline>())
            link.Url = Address(link.Url);

        return page.ToHtml(Pipeline).Replace("<pre>", "<pre tabindex=\"0\">", StringComparison.Ordinal);
    }

    // In the repository one page links to the file of another; here each has an address of its own.
    private static string? Address(string? url) =>
        url?.EndsWith(".md", StringComparison.Ordinal) == true && !url.Contains('/') ? $"/findings/{url[..^3]}" : url;
}
