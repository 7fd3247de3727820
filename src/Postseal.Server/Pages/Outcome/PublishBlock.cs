using Postseal.Checks.Json;

namespace Postseal.Server.Pages.Outcome;

/// <summary>Something to publish.</summary>
/// <param name="Title">What it mends.</param>
/// <param name="Text">Lines to copy.</param>
/// <param name="Notes">Sentences on what to mind.</param>
public sealed record PublishBlock(string Title, string Text, IReadOnlyList<string> Notes)
{
    /// <summary>The lines of all remedies, each once.</summary>
    public static IReadOnlyList<PublishBlock> Of(CheckDocument document) =>
        [
            .. document
                .Findings.Where(f => f is { Level: not "ok", Remedy: not null })
                .SelectMany(
                    f => Remedy.Of(f.Remedy!).Where(r => r.IsToCopy),
                    (f, r) => new PublishBlock(f.Summary.TrimEnd('.'), r.Text, [])
                )
                .DistinctBy(b => b.Text),
        ];
}
