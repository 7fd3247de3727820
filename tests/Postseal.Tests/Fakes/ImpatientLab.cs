using Postseal.Checks;
using Postseal.Lab;
using Xunit;

namespace Postseal.Tests.Fakes;

/// <summary>The lab on the real clock, for faults whose nature is that nothing comes; the checker's limits are cut to one second.</summary>
public sealed class ImpatientLab : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);
    private LabInternet? _lab;

    public LabInternet Internet => _lab!;

    public async ValueTask InitializeAsync() => _lab = await LabInternet.StartAsync(new(), TestContext.Current.CancellationToken);

    public Task<CheckResult> CheckAsync(string domain, CancellationToken ct) =>
        LabCheck.RunAsync(Internet, domain, Limit, Limit, TimeProvider.System, ct);

    public async ValueTask DisposeAsync()
    {
        if (_lab is not null)
            await _lab.DisposeAsync();
    }
}
