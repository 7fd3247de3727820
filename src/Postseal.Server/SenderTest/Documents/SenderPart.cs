using System.ComponentModel;
using Postseal.Lab.Https;
using Postseal.Lab.Watching;
using Postseal.Protocol;

namespace Postseal.Server.SenderTest.Documents;

/// <summary>What is known of the sender itself; texts that are safe to print.</summary>
public sealed record SenderPart(
    [property: Description("Where its mail was handed in; null in a test on the web.")] string? Via,
    [property: Description("What it calls itself when it delivers (EHLO); empty before the first message.")]
        IReadOnlyList<string> Names,
    [property: Description("What its policy fetcher calls itself (User-Agent).")] IReadOnlyList<string> Agents
)
{
    private const int MostNames = 5; // of each kind; large senders have more than anybody reads
    private const int LongestName = 100;

    /// <summary>Reads it off what was seen.</summary>
    internal static SenderPart Of(string? via, IReadOnlyCollection<Observation> seen) =>
        new(
            via,
            Texts(seen.OfType<Observation.Greeted>().Select(g => g.Name)),
            Texts(
                seen.OfType<Observation.Fetched>().Where(f => f.Path == PolicySite.Path).Select(f => f.UserAgent).OfType<string>()
            )
        );

    private static string[] Texts(IEnumerable<string> texts) =>
        [.. texts.Distinct(StringComparer.Ordinal).Take(MostNames).Select(n => PrintableText.Of(n, LongestName))];
}
