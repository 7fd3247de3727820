using Postseal.Checks.Facts;
using Postseal.Checks.Setup;
using Postseal.Server.Configuration;
using Postseal.Server.History;
using Postseal.Server.Lookups;
using Postseal.Server.SenderTest.Deployment;
using Postseal.Server.SenderTest.Tests;
using Postseal.Server.Store;

namespace Postseal.Server.Hosting;

/// <summary>What the listeners stand on: store → engine → desk, wired from top to bottom.</summary>
internal sealed class SiteParts : IAsyncDisposable
{
    private readonly Database _database;
    private readonly ProbeDesk _probes;

    private SiteParts(Database database, HistoryStore history, LookupMeter meter, ProbeDesk probes, LookupDesk desk) =>
        (_database, History, Meter, _probes, Desk) = (database, history, meter, probes, desk);

    /// <summary>The sender test; null where there is none.</summary>
    public TestDesk? Tests { get; private init; }

    /// <summary>Its servers; null where there are none, or in the lab of somebody else.</summary>
    private PublicBench? Servers { get; init; }

    /// <summary>How the store does.</summary>
    private StoreMeter? StoreMeter { get; init; }

    public HistoryStore History { get; }

    public LookupMeter Meter { get; }

    public LookupDesk Desk { get; }

    /// <summary>Opens the store and wires everything; nothing listens yet.</summary>
    /// <exception cref="SiteStartException">Something is missing on this machine.</exception>
    public static async Task<SiteParts> OpenAsync(
        ServerConfiguration configuration,
        ILoggerFactory logs,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var (engine, problems) = Engine.Create(configuration.Lookup, clock);
        if (engine is null)
            throw new SiteStartException(string.Join('\n', problems));

        var storeMeter = new StoreMeter();
        var alarm = new StoreAlarm(storeMeter, clock, logs.CreateLogger("store"));
        var database = await OpenStoreAsync(configuration, alarm, clock, ct);
        var probes = new ProbeDesk(engine.Options.Probe, Pace(configuration.Web), clock);
        var gatherer = new DomainGatherer(engine.Dns, engine.PolicyHost, probes, engine.Options, clock);
        var budget = HistoryLimits.Budget(configuration.Store.HistoryMegabytes);
        var history = new HistoryStore(database, budget, clock, storeMeter, logs.CreateLogger("history"));
        var meter = new LookupMeter();
        var desk = new LookupDesk(
            gatherer.GatherAsync,
            history,
            Limits(configuration.Web),
            clock,
            meter,
            logs.CreateLogger("lookups")
        );
        var servers = await ServersAsync(configuration, logs, clock, ct);
        return new(database, history, meter, probes, desk)
        {
            StoreMeter = storeMeter,
            Servers = servers,
            Tests = await TestsAsync(servers?.Bench ?? configuration.Bench, database, logs, clock, ct),
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Desk.DisposeAsync();
        if (Servers is not null)
            await Servers.DisposeAsync();

        Tests?.Dispose();
        _probes.Dispose();
        Meter.Dispose();
        History.Dispose();
        await _database.DisposeAsync();
        StoreMeter?.Dispose();
    }

    private static async Task<PublicBench?> ServersAsync(
        ServerConfiguration configuration,
        ILoggerFactory logs,
        TimeProvider clock,
        CancellationToken ct
    ) =>
        configuration.SenderTest is { } settings
            ? await PublicBench.StartAsync(settings, clock, logs.CreateLogger("sender-test"), ct)
            : null;

    private static async Task<TestDesk?> TestsAsync(
        SenderBench? bench,
        Database database,
        ILoggerFactory logs,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (bench is null)
            return null;

        var tests = new TestDesk(bench, new(database), clock, logs.CreateLogger("sender-test"));
        await tests.LoadAsync(ct);
        return tests;
    }

    private static async Task<Database> OpenStoreAsync(
        ServerConfiguration configuration,
        StoreAlarm alarm,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        try
        {
            if (configuration.Store.Postgres is { } postgres)
                return await Database.OpenPostgresAsync(postgres.Reveal(), clock, alarm, ct);

            DataDirectory.Demand(configuration.DataDirectory);
            return await Database.OpenSqliteAsync(configuration.DataDirectory, clock, alarm, ct);
        }
        catch (DatabaseException e)
        {
            throw new SiteStartException(e.Message);
        }
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
