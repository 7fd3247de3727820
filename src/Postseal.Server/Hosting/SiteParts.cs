using Postseal.Checks.Facts;
using Postseal.Checks.Setup;
using Postseal.Server.Configuration;
using Postseal.Server.History;
using Postseal.Server.Lookups;

namespace Postseal.Server.Hosting;

/// <summary>What the listeners stand on: store → engine → desk, wired from top to bottom.</summary>
internal sealed class SiteParts : IAsyncDisposable
{
    private readonly ProbeDesk _probes;

    private SiteParts(HistoryStore history, LookupMeter meter, ProbeDesk probes, LookupDesk desk) =>
        (History, Meter, _probes, Desk) = (history, meter, probes, desk);

    public HistoryStore History { get; }

    public LookupMeter Meter { get; }

    public LookupDesk Desk { get; }

    /// <summary>Opens the store and wires everything; nothing listens yet.</summary>
    /// <exception cref="SiteStartException">Something is missing on this machine.</exception>
    public static Task<SiteParts> OpenAsync(
        ServerConfiguration configuration,
        ILoggerFactory logs,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        ct.ThrowIfCancellationRequested();
        var (engine, problems) = Engine.Create(configuration.Lookup, clock);
        if (engine is null)
            throw new SiteStartException(string.Join('\n', problems));

        if (configuration.Store.Postgres is null)
            DataDirectory.Demand(configuration.DataDirectory);

        var probes = new ProbeDesk(engine.Options.Probe, Pace(configuration.Web), clock);
        var gatherer = new DomainGatherer(engine.Dns, engine.PolicyHost, probes, engine.Options, clock);
        var (history, meter) = (new HistoryStore(), new LookupMeter());
        var desk = new LookupDesk(
            gatherer.GatherAsync,
            history,
            Limits(configuration.Web),
            clock,
            meter,
            logs.CreateLogger("lookups")
        );
        return Task.FromResult(new SiteParts(history, meter, probes, desk));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Desk.DisposeAsync();
        _probes.Dispose();
        Meter.Dispose();
    }

    // Who asks again soon after a repair must see it: no longer than the youngest result that a new check replaces.
    private static ProbePace Pace(WebSettings web) => new() { Interval = web.ProbeInterval, Share = new LookupLimits().AtLeast };

    private static LookupLimits Limits(WebSettings web) =>
        new()
        {
            Running = web.Running,
            Waiting = web.Waiting,
            Keep = web.Keep,
        };
}
