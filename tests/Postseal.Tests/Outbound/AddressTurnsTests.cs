using System.Net;
using Postseal.Outbound;
using Xunit;

namespace Postseal.Tests.Outbound;

/// <summary>Only a few at a time go to one address.</summary>
public sealed class AddressTurnsTests
{
    private static readonly IPAddress Busy = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Other = IPAddress.Parse("192.0.2.2");

    private readonly AddressTurns _gate = new(places: 8, TimeSpan.Zero, TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Eight_go_to_one_address_and_others_are_not_held_up()
    {
        var open = new TaskCompletionSource();
        var (inside, most) = (0, 0);
        async Task<int> Work(CancellationToken ct)
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await open.Task.WaitAsync(ct);
            return Interlocked.Decrement(ref inside);
        }

        var busy = Enumerable.Range(0, 50).Select(_ => _gate.PassAsync(Busy, Job(), Work, Ct)).ToList();
        Assert.Equal(7, await _gate.PassAsync(Other, Job(), _ => Task.FromResult(7), Ct));
        Assert.Equal(8, Volatile.Read(ref inside));

        open.SetResult();
        await Task.WhenAll(busy);
        Assert.Equal(8, most);
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "one /64 is one network, whoever numbers its hosts")]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", "two ways to write one address")]
    public async Task Addresses_that_count_as_one_share_their_places(string one, string other, string because)
    {
        var open = new TaskCompletionSource();
        var turns = new AddressTurns(places: 1, TimeSpan.Zero, TimeProvider.System);
        var holding = turns.PassAsync(IPAddress.Parse(one), Job(), ct => HoldAsync(open.Task, ct), Ct);
        var second = turns.PassAsync(IPAddress.Parse(other), Job(), _ => Task.FromResult(2), Ct);
        Assert.False(second.IsCompleted, because);
        open.SetResult();
        await holding;
        Assert.Equal(2, await second);
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1")]
    [InlineData("192.0.2.1", "192.0.2.2")]
    public void Addresses_of_other_networks_do_not_count_as_one(string one, string other) =>
        Assert.NotEqual(Neighbourhood.Of(IPAddress.Parse(one)), Neighbourhood.Of(IPAddress.Parse(other)));

    private static async Task<int> HoldAsync(Task until, CancellationToken ct)
    {
        await until.WaitAsync(ct);
        return 0;
    }

    [Fact]
    public async Task Who_gives_up_waiting_leaves_the_place_to_the_next()
    {
        var open = new TaskCompletionSource();
        var busy = Enumerable
            .Range(0, 8)
            .Select(_ =>
                _gate.PassAsync(
                    Busy,
                    Job(),
                    async ct =>
                    {
                        await open.Task.WaitAsync(ct);
                        return 0;
                    },
                    Ct
                )
            )
            .ToList();
        using var impatient = new CancellationTokenSource();
        var waiting = _gate.PassAsync(Busy, Job(), _ => Task.FromResult(1), impatient.Token);
        var next = _gate.PassAsync(Busy, Job(), _ => Task.FromResult(2), Ct);
        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        open.SetResult();
        Assert.Equal(2, await next);
        await Task.WhenAll(busy);
    }

    [Fact]
    public async Task The_first_visit_of_a_job_goes_before_the_second_of_another()
    {
        var open = new TaskCompletionSource();
        var turns = new AddressTurns(places: 1, TimeSpan.Zero, TimeProvider.System);
        var (many, one, order) = (Job(), Job(), new List<string>());
        Task<int> Visit(OutboundBudget job, string name) =>
            turns.PassAsync(
                Busy,
                job,
                async ct =>
                {
                    await open.Task.WaitAsync(ct);
                    order.Add(name);
                    return 0;
                },
                Ct
            );

        Task[] visits =
        [
            Visit(many, "many 1"),
            Visit(many, "many 2"),
            Visit(many, "many 3"),
            Visit(one, "one 1"),
            Visit(one, "one 2"),
        ];
        open.SetResult();
        await Task.WhenAll(visits);

        Assert.Equal(["many 1", "one 1", "many 2", "one 2", "many 3"], order);
    }

    private static OutboundBudget Job() => new(100, long.MaxValue);
}
