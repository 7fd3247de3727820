using Microsoft.Extensions.Time.Testing;
using Postseal.Cli.Policyd.Memory;
using Xunit;

namespace Postseal.Tests.Policyd.Memory;

/// <summary>When memory is given back.</summary>
public sealed class IdleMemoryTests : IDisposable
{
    private const long Megabyte = 1024 * 1024;

    private readonly FakeTimeProvider _clock = new();
    private readonly IdleMemory _memory;
    private long _questions;
    private long _allocated;
    private int _givenBack;

    public IdleMemoryTests() => _memory = new(() => _questions, () => _allocated, () => _givenBack++, _clock);

    [Fact]
    public void After_a_burst_memory_is_given_back_once()
    {
        Pass(questions: 100, megabytes: 300);
        Assert.Equal(0, _givenBack);

        Pass(questions: 0, megabytes: 0);
        Assert.Equal(1, _givenBack);

        Pass(questions: 0, megabytes: 0);
        Pass(questions: 0, megabytes: 1);
        Assert.Equal(1, _givenBack);
    }

    [Fact]
    public void Every_burst_counts()
    {
        for (var burst = 1; burst <= 3; burst++)
        {
            Pass(questions: 100, megabytes: 300);
            Pass(questions: 0, megabytes: 0);
            Assert.Equal(burst, _givenBack);
        }
    }

    [Fact]
    public void A_busy_server_is_not_stopped_for_it()
    {
        Pass(questions: 100, megabytes: 300);
        for (var i = 0; i < 100; i++)
            Pass(questions: 1000, megabytes: 0); // warm answers allocate nothing

        Assert.Equal(0, _givenBack);
        Pass(questions: 10, megabytes: 0);
        Assert.Equal(1, _givenBack);
    }

    [Fact]
    public void What_little_an_idle_server_uses_is_not_worth_it()
    {
        for (var i = 0; i < 15; i++)
            Pass(questions: 1, megabytes: 1);

        Assert.Equal(0, _givenBack);
    }

    [Fact]
    public void It_can_be_done_on_this_system()
    {
        NativeHeap.ShareAmongThreads();
        NativeHeap.GiveBack();
    }

    public void Dispose() => _memory.Dispose();

    private void Pass(long questions, long megabytes)
    {
        _questions += questions;
        _allocated += megabytes * Megabyte;
        _clock.Advance(TimeSpan.FromSeconds(2));
    }
}
