using Postseal.Checks.Findings;
using Postseal.Checks.Json;

namespace Postseal.Checks.Export;

/// <summary>The kinds of finding as SARIF rules.</summary>
internal static class SarifRules
{
    /// <summary>Those that occur in the documents, in the order of the catalogue.</summary>
    public static SarifRule[] Of(IReadOnlyList<CheckDocument> documents, Uri? site)
    {
        var ids = documents.SelectMany(d => d.Findings).Select(f => f.Id).ToHashSet(StringComparer.Ordinal);
        return [.. Catalogue.All.Where(k => ids.Contains(k.Id)).Select(k => Rule(k, site))];
    }

    private static SarifRule Rule(FindingKind kind, Uri? site)
    {
        var (rfc, section) = (RfcLink(kind.Rfc), $"RFC {kind.Rfc}");
        var uri = site is null ? rfc : new Uri(site, $"findings/{kind.Id}").AbsoluteUri;
        return new(
            kind.Id,
            Name(kind.Id),
            new(kind.Title),
            new($"{kind.Title} ({section})."),
            new(
                $"{kind.Title}. What is wrong and what to do stands in the message. It is ruled by {section}. More: {uri}",
                $"**{kind.Title}.** What is wrong and what to do stands in the message. It is ruled by [{section}]({rfc}). More: <{uri}>"
            ),
            uri,
            new(kind.Rfc)
        );
    }

    /// <summary><c>8461 §4.1</c> as a link to that section.</summary>
    private static string RfcLink(string rfc)
    {
        var (number, section) = rfc.Split(" §") is [var n, var s] ? (n, $"#section-{s}") : (rfc, "");
        return $"https://www.rfc-editor.org/rfc/rfc{number}{section}";
    }

    /// <summary>A name in Pascal case, as the standard advises: <c>MxUncovered</c>.</summary>
    private static string Name(string id) =>
        string.Concat(id.Split('-').Select(w => string.Concat(char.ToUpperInvariant(w[0]).ToString(), w.AsSpan(1))));
}
