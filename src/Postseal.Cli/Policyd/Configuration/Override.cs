using System.Collections.Frozen;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;

namespace Postseal.Cli.Policyd.Configuration;

/// <summary>An operator's exception for one domain, with the reason for it and the moment it ends.</summary>
/// <param name="Domain">Exactly this domain, none below it.</param>
/// <param name="Policy">The text to hold the domain to; only with <see cref="OverrideAction.Pin"/>.</param>
/// <param name="Expires">From this moment on the override does nothing.</param>
internal sealed record Override(
    DomainName Domain,
    OverrideAction Action,
    StsPolicy? Policy,
    string Reason,
    DateTimeOffset Expires
);

/// <summary>What an <see cref="Override"/> does.</summary>
internal enum OverrideAction
{
    /// <summary>As if the domain published nothing.</summary>
    Off,

    /// <summary>The domain's policy counts as one in mode testing.</summary>
    Testing,

    /// <summary>The operator's policy counts, whatever the domain publishes.</summary>
    Pin,
}

/// <summary>All overrides of one configuration; never changes.</summary>
internal sealed class OverrideTable
{
    private readonly FrozenDictionary<DomainName, Override> _byDomain;

    /// <summary>No two of one domain.</summary>
    public OverrideTable(IEnumerable<Override> overrides) => _byDomain = overrides.ToFrozenDictionary(o => o.Domain);

    /// <summary>No overrides.</summary>
    public static OverrideTable Empty { get; } = new([]);

    /// <summary>Every override, expired ones too, in no order.</summary>
    public IReadOnlyList<Override> All => _byDomain.Values;

    /// <summary>The override in force for exactly this domain, or null.</summary>
    public Override? Find(DomainName domain, DateTimeOffset now) =>
        _byDomain.TryGetValue(domain, out var found) && now < found.Expires ? found : null;
}
