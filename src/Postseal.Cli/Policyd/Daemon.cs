using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;
using Postseal.Checks.Setup;
using Postseal.Cli.Policyd.Answers;
using Postseal.Cli.Policyd.Configuration;
using Postseal.Cli.Policyd.Memory;
using Postseal.Cli.Policyd.SelfTest;
using Postseal.Cli.Policyd.Server;
using Postseal.Cli.Policyd.Status;
using Postseal.Cli.Policyd.Store;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Sts;

namespace Postseal.Cli.Policyd;

/// <summary>The running daemon, wired from top to bottom: store → policy cache → answers → socketmap server, beside it the refresher and the status pages.</summary>
internal sealed class Daemon : IAsyncDisposable
{
    // Answers in flight at a stop may take as long as an answer may; our unit has systemd wait 45 s before it kills.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    private readonly PolicydOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ILoggerFactory _logs;
    private readonly IDns _dns;
    private readonly DnsOptions _dnsOptions;
    private readonly SqlitePolicyStore _store;
    private readonly PolicyResolver _policies;
    private readonly RouteResolver _routes;
    private readonly AnswerSettings _settings;
    private readonly AnswerTable _table;
    private readonly AnswerCounts _counts = new();
    private readonly NoticeCounts _notices;
    private readonly Answerer _answerer;
    private readonly Operator _operator;

    private Daemon(PolicydOptions options, Engine engine, SqlitePolicyStore store, ILoggerFactory logs, TimeProvider clock)
    {
        (_options, _clock, _logs, _store) = (options, clock, logs, store);
        _log = logs.CreateLogger("policyd");
        (_dns, _dnsOptions) = (engine.Dns, engine.DnsOptions);
        _table = new(options.MaxPolicies, options.Memory);
        _notices = new(_log);
        _policies = new(engine.Dns, engine.PolicyHost, store, clock)
        {
            Options = new()
            {
                MaxPolicies = options.MaxPolicies,
                Memory = options.Memory.Policies,
                Notify = _notices.Take,
            },
        };
        _routes = new(engine.Dns, options.Lookup.SmtpPort, clock, options.Memory.Routes);
        _settings = new(options, engine.DnsOptions.BelievesAd);
        _answerer = new(_table, new(_policies, _routes, _counts, _settings, clock), _counts, clock, _log);
        _operator = new(_answerer, _table, _settings, _policies, _routes, store, clock);
    }

    /// <summary>Opens the store and wires everything; nothing listens yet.</summary>
    /// <exception cref="StoreException">There can be no store at this path. One whose disk is at fault is taken up later.</exception>
    public static Daemon Create(PolicydOptions options, Engine engine, ILoggerFactory logs, TimeProvider clock)
    {
        var limits = new StoreLimits { MaxBytes = options.StoreMegabytes * 1024L * 1024, MaxQueuedBytes = options.Memory.Queue };
        var store = SqlitePolicyStore.Open(options.Store, clock, logs.CreateLogger("store"), limits);
        return new(options, engine, store, logs, clock);
    }

    /// <summary>Serves until cancelled, then stops without losing an answer.</summary>
    /// <exception cref="ListenException">An address cannot be listened on.</exception>
    /// <exception cref="IOException">The address of the status pages cannot be listened on.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        await _policies.LoadAsync(ct);
        var loaded = _policies.Count; // those learned from now on are not from the store
        await using var server = SocketmapServer.Start(
            _options.Listen,
            new() { MaxConnections = _options.MaxConnections },
            new(_answerer.TryWarm, _answerer.ColdAsync),
            _clock,
            _log
        );
        using var memory = IdleMemory.Watch(() => server.Counters.Requests, _clock);
        var metrics = new PolicydMetrics(server.Counters, _counts, _table, _policies, _store, _notices, _clock);
        var access = new StatusAccess(_options.Http, _options.Control, _options.HttpToken);
        await using var status = access.IsNone ? null : await StatusServer.StartAsync(access, _operator, metrics, _logs, ct);
        if (_options.Http is { } http)
            PolicydLog.Status(_log, http.ToString());

        PolicydLog.Started(_log, string.Join(", ", server.EndPoints), loaded, _options.Store);
        _operator.SetReady(true);
        var notifier = new SystemdNotifier();
        notifier.Notify(ServiceState.Ready);
        using var stopping = new CancellationTokenSource();
        Task[] background = [RefreshAsync(stopping.Token), ReconcileAsync(stopping.Token), TestResolverAsync(stopping.Token)];

        await Task.Delay(Timeout.InfiniteTimeSpan, _clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        PolicydLog.Stopping(_log);
        _operator.SetReady(false);
        notifier.Notify(ServiceState.Stopping);
        using var patience = new CancellationTokenSource(StopPatience, _clock);
        await server.StopAsync(patience.Token);
        await stopping.CancelAsync();
        await Task.WhenAll(background).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        PolicydLog.Stopped(_log);
    }

    /// <summary>Takes over a new snapshot of the configuration.</summary>
    public void Take(PolicydOptions next)
    {
        _settings.Swap(next);
        _answerer.LogAnswers(next.LogLevel <= LogLevel.Debug);
        _table.Clear();
        var now = _clock.GetUtcNow();
        PolicydLog.Reloaded(_log, next.Overrides.All.Count(o => o.Expires > now));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _policies.Dispose();
        _routes.Dispose();
        await _store.DisposeAsync();
    }

    private async Task RefreshAsync(CancellationToken ct)
    {
        try
        {
            await new Refresher(_policies, _clock).RunAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            PolicydLog.RefresherEnded(_log, e); // the loop of a service: one of the three places that catch all
        }
    }

    // A store that was away is taken up, and what was learned meanwhile is written.
    private async Task ReconcileAsync(CancellationToken ct)
    {
        try
        {
            while (true)
                await _policies.ReconcileAsync(await _store.ReturnedAsync(ct) == StoreReturn.Opened, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            PolicydLog.StoreNotTakenUp(_log, e); // the loop of a service: one of the three places that catch all
        }
    }

    private async Task TestResolverAsync(CancellationToken ct)
    {
        var finding = (await ResolverTest.RunAsync(_options.DnssecProbe, _dns, _dnsOptions, ct)).Finding;
        if (finding.Level is SelfTestLevel.Ok or SelfTestLevel.Note)
            PolicydLog.ResolverGood(_log, finding.Sentence);
        else
            PolicydLog.ResolverBad(_log, $"{finding.Sentence} {finding.Remedy?.Sentence}");
    }
}
