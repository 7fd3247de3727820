using Postseal.SystemTests.Sites;

namespace Postseal.SystemTests.Servers;

/// <summary>What every test Internet is, whatever runs in it: a folder, a root to trust, sites, and servers that end with it.</summary>
/// <param name="prefix">What the folder's name begins with.</param>
public abstract class TestInternet(string prefix) : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _running = [];
    private readonly Lock _gate = new();
    private string? _missing;
    private DirectoryInfo? _folder;
    private IReadOnlyList<PlacedSite> _sites = [];

    /// <summary>False where a test that asks for any of this is skipped.</summary>
    public bool CanRun => _missing is null;

    /// <summary>The sites as they stand.</summary>
    public IReadOnlyList<PlacedSite> Sites => Demanded(_sites);

    /// <summary>The root to trust.</summary>
    public string CaFile => Path.Combine(Folder, "ca.pem");

    /// <summary>The folder of everything.</summary>
    protected string Folder =>
        Demanded(_folder)?.FullName ?? throw new InvalidOperationException("The servers were not started.");

    /// <summary>The servers that were started, in order.</summary>
    protected IReadOnlyList<ServerProcess> Servers
    {
        get
        {
            lock (_gate)
                return [.. _running.OfType<ServerProcess>()];
        }
    }

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        _missing = await MissingAsync(ct);
        if (_missing is not null)
            return;

        var started = false;
        try
        {
            _folder = Directory.CreateTempSubdirectory(prefix);
            // nginx and Postfix work under users of their own; what only root may read, the servers read before they change over.
            await Tool.MustRunAsync("chmod", ["755", _folder.FullName], ct);
            await StartAsync(ct);
            started = true;
        }
        finally
        {
            if (!started)
                await DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The first ones last: the others live in them.
        foreach (var running in _running.AsEnumerable().Reverse())
            await running.DisposeAsync();

        _running.Clear();
        if (_folder is { Exists: true })
            _folder.Delete(recursive: true);

        GC.SuppressFinalize(this);
    }

    /// <summary>Why it cannot run here; null when it can.</summary>
    protected abstract Task<string?> MissingAsync(CancellationToken ct);

    /// <summary>Starts what is in it.</summary>
    protected abstract Task StartAsync(CancellationToken ct);

    /// <summary>Makes the root and gives every site its addresses and certificates.</summary>
    protected async Task PlaceAsync(IEnumerable<Site> sites, LoopbackNet net, CancellationToken ct)
    {
        using var ca = new PrivateCa(TimeProvider.System.GetUtcNow());
        await File.WriteAllTextAsync(CaFile, ca.RootPem, ct);
        _sites = [.. sites.Select(site => PlacedSite.Place(site, net, ca))];
    }

    /// <summary>Has what was started end with this.</summary>
    protected async Task<T> KeepAsync<T>(Task<T> starting)
        where T : IAsyncDisposable
    {
        var started = await starting;
        lock (_gate)
            _running.Add(started);

        return started;
    }

    /// <summary>A folder for one server.</summary>
    protected string Make(string name) => Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;

    /// <summary>The value, where the servers can run; elsewhere the test that asks is skipped, or fails in CI.</summary>
    protected T Demanded<T>(T value)
    {
        Peers.Demand(_missing);
        return value;
    }
}
