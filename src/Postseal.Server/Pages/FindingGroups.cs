using Postseal.Checks.Findings;

namespace Postseal.Server.Pages;

/// <summary>The catalogue in parts that people can take in, told apart by the first word of an id.</summary>
internal static class FindingGroups
{
    private static readonly (string Name, string[] Words)[] Parts =
    [
        ("The MTA-STS record", ["sts"]),
        ("The policy host", ["host", "http"]),
        ("The policy", ["pol"]),
        ("MX records", ["mx"]),
        ("Mail servers and their TLS", ["smtp", "starttls", "tls", "tls12", "tls13", "per", "sni"]),
        ("Certificates of mail servers", ["cert"]),
        ("TLS reporting", ["rpt"]),
        ("DANE", ["dane"]),
    ];

    /// <summary>All kinds, in the order of the catalogue within each part.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<FindingKind> Kinds)> All { get; } =
    [
        .. Catalogue
            .All.GroupBy(k => NameOf(k.Id) ?? "Other")
            .OrderBy(g => Array.FindIndex(Parts, p => p.Name == g.Key) is var i and >= 0 ? i : Parts.Length)
            .Select(g => (g.Key, (IReadOnlyList<FindingKind>)[.. g])),
    ];

    /// <summary>The part an id, or a name that begins like one, belongs to; null if there is none.</summary>
    public static string? NameOf(string id)
    {
        var word = id[..(id.IndexOf('-', StringComparison.Ordinal) is var dash and >= 0 ? dash : id.Length)];
        return Parts.FirstOrDefault(p => p.Words.Contains(word, StringComparer.Ordinal)).Name;
    }
}
