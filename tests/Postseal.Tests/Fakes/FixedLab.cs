using Microsoft.Extensions.Time.Testing;
using Postseal.Checks;
using Postseal.Lab;
using Xunit;

namespace Postseal.Tests.Fakes;

/// <summary>The lab on a fixed day, so that dates in outputs never change.</summary>
public sealed class FixedLab : IAsyncLifetime
{
    private LabInternet? _lab;

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    public LabInternet Internet => _lab!;

    public async ValueTask InitializeAsync() =>
        _lab = await LabInternet.StartAsync(new() { Clock = Clock }, TestContext.Current.CancellationToken);

    public Task<CheckResult> CheckAsync(string domain, CancellationToken ct) =>
        LabCheck.RunAsync(Internet, domain, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(30), Clock, ct);

    public async ValueTask DisposeAsync()
    {
        if (_lab is not null)
            await _lab.DisposeAsync();
    }
}
