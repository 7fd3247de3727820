using Postseal.Cli.Policyd.Server;
using Xunit;

namespace Postseal.Tests.Policyd.Server;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(1.5, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    [InlineData(5, 3)]
    [InlineData(32_768, 15)]
    [InlineData(32_769, 16)]
    [InlineData(10_000_000, 16)]
    public void A_time_falls_into_the_first_bucket_that_holds_it(double bounds, int bucket)
    {
        foreach (var first in (TimeSpan[])[TimeSpan.FromMicroseconds(1), TimeSpan.FromMilliseconds(1)])
        {
            var times = new LatencyHistogram(first);
            times.Add(3, bounds * first);
            Assert.Equal(3, times.Counts()[bucket]);
            Assert.True(times.UpperBound(bucket) >= bounds * first);
            Assert.Equal(3, times.Counts().Sum());
            Assert.Equal(3 * bounds * first, times.Sum);
        }
    }

    [Fact]
    public void Counting_an_answer_allocates_nothing()
    {
        var counters = new SocketmapCounters();
        counters.Answered(1, TimeSpan.FromMicroseconds(3));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            counters.Answered(2, TimeSpan.FromMicroseconds(i));

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
