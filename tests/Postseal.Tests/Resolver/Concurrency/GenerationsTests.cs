using Postseal.Resolver.Concurrency;
using Xunit;

namespace Postseal.Tests.Resolver.Concurrency;

/// <summary>A cache bounded by count and by weight.</summary>
public sealed class GenerationsTests
{
    private const int Budget = 1000;

    [Fact]
    public void Heavy_entries_never_weigh_more_than_the_budget_and_one_more()
    {
        var cache = New();
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            cache.Put(random.Next(50), new string('x', random.Next(300)));
            Assert.InRange(cache.All().Sum(e => e.Value.Length), 0, Budget + 300);
        }
    }

    [Fact]
    public void What_fits_stays_however_often_it_is_replaced_and_asked_for()
    {
        var cache = New();
        for (var round = 0; round < 100; round++)
        for (var i = 0; i < 9; i++)
        {
            Assert.Equal(round > 0, cache.TryGet(i, out _));
            cache.Put(i, new string('x', 100));
        }

        Assert.Equal(900, cache.Bytes);
        cache.Remove(0);
        Assert.Equal(800, cache.Bytes);
    }

    [Fact]
    public void A_flood_pushes_out_what_nobody_asks_for()
    {
        var cache = New();
        cache.Put(-1, new string('x', 100));
        for (var i = 0; i < 1000; i++)
        {
            cache.Put(i, new string('x', 100));
            Assert.True(cache.TryGet(-1, out _));
        }
    }

    private static Generations<int, string> New() => new(1000) { MaxBytes = Budget, Weight = (_, text) => text.Length };
}
