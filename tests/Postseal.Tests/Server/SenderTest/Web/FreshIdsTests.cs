using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postseal.Lab.Dns;
using Postseal.Lab.Domains;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Tests;
using Postseal.Server.Store;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Web;

/// <summary>A sender that was tested before knows policies by their ids for as long as max_age says: it must meet others.</summary>
public sealed class FreshIdsTests : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("postseal-tests-").FullName;
    private readonly FakeTimeProvider _clock = new(new(2026, 11, 25, 23, 59, 30, TimeSpan.Zero));
    private readonly SenderBench _bench = new("sender.example", [], places: 1, CaseNeeds.Missing(hasIPv6: true));
    private readonly Dictionary<string, LabDomain> _now = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _stop; // at the first domain that changes
    private Database _database = null!;
    private TestDesk _desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await Database.OpenSqliteAsync(_data, _clock, Ct);
        var day = PolicyIds.OfDay(_clock.GetUtcNow());
        foreach (var domain in _bench.DomainsWith(day))
            _now.Add(domain.Name, domain);

        _bench.Attach(day, Replace, hint: null);
        _desk = new(_bench, new(_database), _clock, NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _desk.Dispose();
        await _database.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task The_domains_that_all_tests_share_have_ids_of_the_day()
    {
        await _desk.OpenAsync(default, Ct);
        Assert.Equal("20261125", IdOf("c0"));
        _clock.Advance(TimeSpan.FromMinutes(1));
        await _desk.OpenAsync(default, Ct);
        Assert.Equal("20261126", IdOf("c0"));
        Assert.DoesNotContain(_now.Keys.Where(n => !n.Contains(".p1.", StringComparison.Ordinal)), n => IdOf(n) == "20261125");
    }

    [Fact]
    public async Task The_ids_of_a_place_are_those_of_the_test_that_has_it()
    {
        await DeleteAsync(await OpenAsync());
        Assert.Equal("20261125T235930000", IdOf("c19.p1"));

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        var test = await OpenAsync();
        Assert.Equal("20261125T235930001", IdOf("c19.p1"));

        _clock.Advance(TimeSpan.FromMinutes(1));
        await _desk.TurnAsync(test, 2, Ct);
        Assert.Equal("-", IdOf("c19.p1"));
        Assert.Equal("20261125T235930001", IdOf("c21.p1"));
        await _desk.TurnAsync(test, 3, Ct);
        Assert.Equal("20261125T235930001b", IdOf("c20.p1"));
    }

    [Fact]
    public async Task The_domains_of_a_test_that_is_over_go_back_to_their_first_state_with_another_id()
    {
        var deleted = await OpenAsync();
        await _desk.TurnAsync(deleted, 2, Ct);
        Assert.Equal("-", IdOf("c19.p1"));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await DeleteAsync(deleted);
        Assert.Equal("20261125T235930001", IdOf("c19.p1"));

        var over = await OpenAsync();
        await _desk.TurnAsync(over, 2, Ct);
        await _desk.TurnAsync(over, 3, Ct);
        await _desk.PruneAsync(Ct);
        Assert.Equal("20261125T235930001b", IdOf("c20.p1"));
        _clock.Advance(TimeSpan.FromDays(3));
        await _desk.PruneAsync(Ct);
        Assert.Equal("20261128T235930001", IdOf("c20.p1"));
        Assert.Equal("20261128T235930001", IdOf("c19.p1"));

        // The next one has them; that the one before expires changes nothing.
        var next = await OpenAsync();
        await _desk.TurnAsync(next, 2, Ct);
        await DeleteAsync(over);
        await _desk.PruneAsync(Ct);
        Assert.Equal("-", IdOf("c19.p1"));
    }

    [Fact]
    public async Task A_server_that_starts_anew_leaves_the_domains_of_a_test_that_is_over()
    {
        await _desk.TurnAsync(await OpenAsync(), 2, Ct);
        _clock.Advance(TimeSpan.FromDays(3));
        foreach (var domain in _bench.DomainsWith("20261128"))
            Replace(domain);

        using var after = new TestDesk(_bench, new(_database), _clock, NullLogger.Instance);
        await after.LoadAsync(Ct);
        Assert.Equal("20261128", IdOf("c19.p1"));
    }

    [Fact]
    public async Task A_round_that_cannot_be_written_down_has_not_begun()
    {
        var test = await OpenAsync();
        using var stop = _stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _desk.TurnAsync(test, 2, stop.Token));
        Assert.Equal((1, "20261125T235930000"), (test.Round, IdOf("c19.p1")));
        Assert.Single(Assert.Single(await new TestStore(_database).AllAsync(Ct)).Rounds);
    }

    [Fact]
    public async Task A_server_that_starts_anew_goes_on_with_the_ids_of_its_tests()
    {
        await OpenAsync();
        var id = IdOf("c20.p1");
        _clock.Advance(TimeSpan.FromHours(1));
        foreach (var domain in _bench.DomainsWith("20261126"))
            Replace(domain);

        using var after = new TestDesk(_bench, new(_database), _clock, NullLogger.Instance);
        await after.LoadAsync(Ct);
        Assert.Equal(id, IdOf("c20.p1"));
    }

    [Fact]
    public async Task The_day_changes_without_a_visitor()
    {
        using var keeper = new TestKeeper(_desk, _clock, NullLogger.Instance);
        await keeper.StartAsync(Ct);
        while (!_replaced.Task.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        await keeper.StopAsync(Ct);
        Assert.NotEqual("20261125", IdOf("c0"));
    }

    private async Task<LiveTest> OpenAsync() => _desk.Find((await _desk.OpenAsync(ClientKey.Of(IPAddress.Loopback), Ct)).Key!)!;

    private Task DeleteAsync(LiveTest test) => _desk.DeleteAsync(test, Ct);

    private void Replace(LabDomain domain)
    {
        lock (_now)
            _now[domain.Name] = domain;

        _stop?.Cancel();
        _replaced.TrySetResult();
    }

    private string IdOf(string label)
    {
        var name = label.EndsWith(".example", StringComparison.Ordinal) ? label : $"{label}.sender.example";
        lock (_now)
            return
                _now[name].Records.OfType<ZoneRecord.Txt>().LastOrDefault(t => t.Owner == "_mta-sts") is { } txt
                && Encoding.ASCII.GetString(txt.Strings[0].Span).Split("id=") is [_, var rest]
                ? rest.TrimEnd(';')
                : "-";
    }
}
