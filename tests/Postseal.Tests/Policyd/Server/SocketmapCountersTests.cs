using Postseal.Cli.Policyd.Server;
using Xunit;

namespace Postseal.Tests.Policyd.Server;

public sealed class SocketmapCountersTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    [InlineData(5, 3)]
    [InlineData(32_768, 15)]
    [InlineData(32_769, 16)]
    [InlineData(10_000_000, 16)]
    public void A_time_falls_into_the_first_bucket_that_holds_it(int microseconds, int bucket)
    {
        var counters = new SocketmapCounters();
        counters.Answered(3, TimeSpan.FromMicroseconds(microseconds));
        Assert.Equal(3, counters.WarmLatency()[bucket]);
        Assert.True(SocketmapCounters.UpperBound(bucket) >= TimeSpan.FromMicroseconds(microseconds));
        Assert.Equal(3, counters.WarmLatency().Sum());
        Assert.Equal(TimeSpan.FromMicroseconds(3.0 * microseconds), counters.WarmLatencySum);
    }
}
