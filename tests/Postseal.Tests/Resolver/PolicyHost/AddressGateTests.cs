using System.Net;
using Postseal.Resolver.PolicyHost;
using Xunit;

namespace Postseal.Tests.Resolver.PolicyHost;

/// <summary>Only a few fetches at a time go to one address.</summary>
public sealed class AddressGateTests
{
    private static readonly IPAddress Busy = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Other = IPAddress.Parse("192.0.2.2");

    private readonly AddressGate _gate = new();

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

        var busy = Enumerable.Range(0, 50).Select(_ => _gate.PassAsync(Busy, Work, Ct)).ToList();
        Assert.Equal(7, await _gate.PassAsync(Other, _ => Task.FromResult(7), Ct));
        Assert.Equal(8, Volatile.Read(ref inside));

        open.SetResult();
        await Task.WhenAll(busy);
        Assert.Equal(8, most);
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
        var waiting = _gate.PassAsync(Busy, _ => Task.FromResult(1), impatient.Token);
        var next = _gate.PassAsync(Busy, _ => Task.FromResult(2), Ct);
        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        open.SetResult();
        Assert.Equal(2, await next);
        await Task.WhenAll(busy);
    }
}
