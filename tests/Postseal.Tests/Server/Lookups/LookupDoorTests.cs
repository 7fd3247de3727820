using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postseal.Checks.Facts;
using Postseal.Protocol;
using Postseal.Server.Hosting;
using Postseal.Server.Lookups;
using Postseal.Tests.Checks;
using Xunit;

namespace Postseal.Tests.Server.Lookups;

public sealed class LookupDoorTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new(FactsBuilder.Now);
    private readonly TaskCompletionSource _goOn = new();
    private LookupDesk? _desk;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _desk?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task One_client_has_no_more_than_a_few_checks_open_whatever_its_budget()
    {
        var door = Door(new(), checksPerMinute: 100);
        var asked = Enumerable.Range(0, 6).Select(i => Ask(door, "192.0.2.1", $"d{i}.example")).ToArray();
        Assert.Equal(4, asked.Count(l => l is not null));
        Assert.Equal(Scarce.AtATime, Refused(door, "192.0.2.1", "d9.example").What);
        Assert.NotNull(Ask(door, "192.0.2.1", "d0.example")); // one that runs is shared
        Assert.NotNull(Ask(door, "198.51.100.7", "d9.example")); // another client has its own

        _goOn.SetResult();
        await Task.WhenAll(asked.OfType<Lookup>().Select(l => l.ResultAsync(Ct)));
        while (Ask(door, "192.0.2.1", "d5.example") is null)
            await Task.Yield(); // the place is given back just after the result
    }

    [Fact]
    public void A_full_queue_costs_nobody_a_check()
    {
        var door = Door(new() { Running = 1, Waiting = 1 }, checksPerMinute: 1);
        Assert.NotNull(Ask(door, "192.0.2.1", "a.example"));
        Assert.NotNull(Ask(door, "192.0.2.2", "b.example"));
        Assert.Equal(new(Scarce.Queue, TimeSpan.FromSeconds(10)), Refused(door, "192.0.2.3", "c.example"));
    }

    [Fact]
    public void A_budget_that_is_spent_is_called_so()
    {
        var door = Door(new(), checksPerMinute: 1);
        Assert.NotNull(Ask(door, "192.0.2.1", "a.example"));
        Assert.Equal(new(Scarce.ChecksOfClient, TimeSpan.FromMinutes(1)), Refused(door, "192.0.2.1", "b.example"));
    }

    private static Refusal Refused(LookupDoor door, string client, string domain)
    {
        Assert.False(door.TryAsk(From(client), DomainName.Parse(domain), anew: false, out _, out var refusal));
        return refusal;
    }

    private static Lookup? Ask(LookupDoor door, string client, string domain) =>
        door.TryAsk(From(client), DomainName.Parse(domain), anew: false, out var lookup, out _) ? lookup : null;

    private static DefaultHttpContext From(string client) => new() { Connection = { RemoteIpAddress = IPAddress.Parse(client) } };

    private LookupDoor Door(LookupLimits limits, int checksPerMinute)
    {
        _desk = new(GatherAsync, null, limits, _clock, new(), NullLogger.Instance);
        return new(_desk, new(new() { ChecksPerMinute = checksPerMinute, ChecksPerMinuteTotal = 1000 }, _clock));
    }

    private async Task<DomainFacts> GatherAsync(DomainName domain, IProgress<GatherStep> progress, CancellationToken ct)
    {
        await _goOn.Task.WaitAsync(ct);
        return FactsBuilder.Healthy() with { Domain = domain };
    }
}
