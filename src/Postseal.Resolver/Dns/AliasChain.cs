using DnsClient;
using DnsClient.Protocol;
using Postseal.Protocol;

namespace Postseal.Resolver.Dns;

/// <summary>Follows CNAMEs from a question to the name that owns the answer, through the answer section by owner name; all else in it is ignored.</summary>
internal sealed class AliasChain(string name)
{
    /// <summary>Links followed in one question (standard.md 8461-3.1-15, 7672-2.1.3-1).</summary>
    public const int MaxLinks = 8;

    private readonly List<string> _targets = [];

    /// <summary>Where the chain ends as far as it is known.</summary>
    public string End { get; private set; } = Normalise(name);

    /// <summary>The smallest TTL of the links followed, in seconds.</summary>
    public int Ttl { get; private set; } = int.MaxValue;

    /// <summary>False for a loop, or for more than <see cref="MaxLinks"/> links.</summary>
    public bool IsSound =>
        _targets.Count <= MaxLinks && _targets.Prepend(Normalise(name)).Distinct().Count() == _targets.Count + 1;

    /// <summary>Goes on through the links of one response.</summary>
    public void Follow(IDnsQueryResponse response)
    {
        var links = response.Answers.OfType<CNameRecord>().ToLookup(Owner);
        while (IsSound && links[End].FirstOrDefault() is { } link)
        {
            End = Normalise(link.CanonicalName.Value);
            Ttl = Math.Min(Ttl, Math.Max(0, link.InitialTimeToLive));
            _targets.Add(End);
        }
    }

    /// <summary>Links followed so far.</summary>
    public int Links => _targets.Count;

    /// <summary>The targets passed, in order, without those that are no domain names.</summary>
    public IReadOnlyList<DomainName> Targets() =>
        [.. _targets.Select(t => DomainName.TryParse(t, out var alias, out _) ? alias : null).OfType<DomainName>()];

    /// <summary>The owner name of a record as <see cref="End"/> spells names. (DnsClient decodes A-labels in <c>Value</c> and keeps the text in <c>Original</c>.)</summary>
    public static string Owner(DnsResourceRecord record) => Normalise(record.DomainName.Original);

    /// <summary>Lower case without the final dot.</summary>
    public static string Normalise(string name) => name.TrimEnd('.').ToLowerInvariant();
}
