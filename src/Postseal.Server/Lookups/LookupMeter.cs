using System.Diagnostics.Metrics;
using Postseal.Checks.Json;

namespace Postseal.Server.Lookups;

/// <summary>Counts what happens at the desk, for <c>/metrics</c> and OpenTelemetry. Names: docs/server-metrics.md.</summary>
public sealed class LookupMeter : IDisposable
{
    /// <summary>The name to listen for.</summary>
    public const string Name = "Postseal.Server.Lookups";

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _asked;
    private readonly Counter<long> _verdicts;
    private readonly Histogram<double> _duration;

    /// <summary>Makes the instruments.</summary>
    public LookupMeter()
    {
        _asked = _meter.CreateCounter<long>(
            "postseal.lookups.asked",
            description: "Checks asked for, by how they were answered."
        );
        _verdicts = _meter.CreateCounter<long>("postseal.lookups.verdicts", description: "Checks done, by verdict.");
        _duration = _meter.CreateHistogram<double>(
            "postseal.lookups.duration",
            "s",
            "Time of a check, without waiting for its turn."
        );
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Watch(Func<int> open) =>
        _meter.CreateObservableGauge("postseal.lookups.open", open, description: "Checks that run or wait.");

    internal Lookup? Count(Lookup? lookup, string how)
    {
        _asked.Add(1, new KeyValuePair<string, object?>("answer", how));
        return lookup;
    }

    internal void Took(TimeSpan time, VerdictPart verdict)
    {
        _duration.Record(time.TotalSeconds);
        _verdicts.Add(1, new("mail", verdict.Mail), new("protection", verdict.Protection));
    }
}
