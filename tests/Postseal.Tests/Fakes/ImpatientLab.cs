using Postseal.Checks;
using Postseal.Lab;
using Xunit;

namespace Postseal.Tests.Fakes;

/// <summary>The lab on the real clock, for faults whose nature is that nothing comes; the limit that strikes is cut to one second, the other one
/// leaves a loaded machine its time.</summary>
public sealed class ImpatientLab : IAsyncLifetime
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    private LabInternet? _lab;

    public LabInternet Internet => _lab!;

    public async ValueTask InitializeAsync() => _lab = await LabInternet.StartAsync(new(), TestContext.Current.CancellationToken);

    /// <summary>Checks a domain whose policy never comes.</summary>
    public Task<CheckResult> FetchInVainAsync(string domain, CancellationToken ct) =>
        LabCheck.RunAsync(Internet, domain, Short, Long, TimeProvider.System, ct);

    /// <summary>Checks a domain whose mail server does not greet.</summary>
    public Task<CheckResult> ConnectInVainAsync(string domain, CancellationToken ct) =>
        LabCheck.RunAsync(Internet, domain, Long, Short, TimeProvider.System, ct);

    public async ValueTask DisposeAsync()
    {
        if (_lab is not null)
            await _lab.DisposeAsync();
    }
}
