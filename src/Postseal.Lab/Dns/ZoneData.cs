using System.Collections.Frozen;

namespace Postseal.Lab.Dns;

/// <summary>Every name of the lab. A name exists if it owns something or stands above a name that does (an empty non-terminal).</summary>
internal sealed class ZoneData
{
    private readonly FrozenDictionary<string, Node> _nodes;
    private readonly FrozenDictionary<string, bool> _zones;

    /// <param name="zones">Apex of each zone and whether it is signed. Zones may nest; the innermost rules.</param>
    /// <param name="records">Owners are absolute, lower case, without the final dot.</param>
    public ZoneData(IEnumerable<(string Apex, bool Signed)> zones, IEnumerable<ZoneRecord> records)
    {
        _zones = zones.ToFrozenDictionary(z => z.Apex, z => z.Signed, StringComparer.Ordinal);
        var nodes = records
            .GroupBy(r => r.Owner, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        foreach (var apex in _zones.Keys)
            nodes.TryAdd(apex, []);

        foreach (var name in nodes.Keys.ToArray())
            for (var parent = Parent(name); parent is not null && ZoneOf(parent) is not null; parent = Parent(parent))
                nodes.TryAdd(parent, []);

        _nodes = nodes.ToFrozenDictionary(n => n.Key, n => new Node(n.Value, _zones[ZoneOf(n.Key)!]), StringComparer.Ordinal);
    }

    /// <summary>The name, or null if it does not exist.</summary>
    public Node? Find(string name) => _nodes.GetValueOrDefault(name);

    /// <summary>The apex of the innermost zone that holds the name; null outside the lab.</summary>
    public string? ZoneOf(string name)
    {
        for (string? at = name; at is not null; at = Parent(at))
            if (_zones.ContainsKey(at))
                return at;

        return null;
    }

    /// <summary>Whether the zone that holds the name is signed. Outside the lab nothing is.</summary>
    public bool IsSigned(string name) => ZoneOf(name) is { } apex && _zones[apex];

    private static string? Parent(string name) =>
        name.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 ? name[(dot + 1)..] : null;

    /// <summary>One name that exists.</summary>
    internal sealed record Node(IReadOnlyList<ZoneRecord> Records, bool Signed)
    {
        public DnsFault? Fault => Records.OfType<ZoneRecord.Fault>().FirstOrDefault()?.Kind;
    }
}
