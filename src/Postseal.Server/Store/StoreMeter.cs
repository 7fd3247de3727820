using System.Diagnostics.Metrics;

namespace Postseal.Server.Store;

/// <summary>Shows how the store does, for <c>/metrics</c> and OpenTelemetry. Names: docs/server-metrics.md.</summary>
public sealed class StoreMeter : IDisposable
{
    /// <summary>The name to listen for.</summary>
    public const string Name = "Postseal.Server.Store";

    private readonly Meter _meter = new(Name);
    private int _isFailing;
    private long _failures;
    private long _bytes;
    private long _documents;
    private long _domains;
    private long _unremembered;

    /// <summary>Makes the instruments. They are looked at rather than told, so that each is there from the start.</summary>
    public StoreMeter()
    {
        _meter.CreateObservableGauge(
            "postseal.store.failing",
            () => Volatile.Read(ref _isFailing),
            description: "1 while the store fails."
        );
        Count("postseal.store.failures", () => Interlocked.Read(ref _failures), "Uses of the store that failed.");
        _meter.CreateObservableGauge(
            "postseal.store.history",
            () => Interlocked.Read(ref _bytes),
            "By",
            "What the history takes of its budget."
        );
        Count(
            "postseal.store.evicted_documents",
            () => Interlocked.Read(ref _documents),
            "Older documents forgotten to make room."
        );
        Count("postseal.store.evicted_domains", () => Interlocked.Read(ref _domains), "Domains forgotten to make room.");
        Count(
            "postseal.store.unremembered",
            () => Interlocked.Read(ref _unremembered),
            "Checks not remembered, as their visitor's network has used up its share."
        );
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Fails(bool isFailing) => Volatile.Write(ref _isFailing, isFailing ? 1 : 0);

    internal void Failed() => Interlocked.Increment(ref _failures);

    internal void Holds(long bytes) => Interlocked.Exchange(ref _bytes, bytes);

    internal void Evicted(long documents, long domains)
    {
        Interlocked.Add(ref _documents, documents);
        Interlocked.Add(ref _domains, domains);
    }

    internal void Unremembered() => Interlocked.Increment(ref _unremembered);

    private void Count(string name, Func<long> value, string description) =>
        _meter.CreateObservableCounter(name, value, description: description);
}
