using System.Net;
using Postseal.Lab.Connections;
using Xunit;

namespace Postseal.Tests.Lab;

/// <summary>Who makes room for whom.</summary>
public sealed class CrowdTests
{
    private readonly Crowd _crowd = new(new CrowdLimits(Most: 10, OfClient: 3, OfNetwork: 5));

    [Fact]
    public void A_client_that_comes_once_too_often_loses_what_was_idle_the_longest_of_its_own()
    {
        var other = Enter("198.51.100.1");
        var own = Enumerable.Range(0, 3).Select(_ => Enter("192.0.2.1")).ToArray();
        _crowd.Begin(own[0]!);
        _crowd.End(own[0]!); // lately
        Assert.NotNull(Enter("192.0.2.1"));
        Assert.Equal([false, true, false, false], ((Member[])[own[0]!, own[1]!, own[2]!, other!]).Select(m => m.IsEvicted));
        Assert.Equal(4, _crowd.Count);
    }

    [Fact]
    public void What_is_busy_is_never_ended_for_another_and_who_finds_nothing_idle_is_turned_away()
    {
        var own = Enumerable.Range(0, 3).Select(_ => Enter("192.0.2.1")!).ToArray();
        Array.ForEach(own, _crowd.Begin);
        Assert.Null(Enter("192.0.2.1"));
        Assert.DoesNotContain(own, m => m.IsEvicted);
        Assert.NotNull(Enter("192.0.2.2"));
    }

    [Theory]
    [InlineData("192.0.2.{0}", "192.0.3.1")]
    [InlineData("2001:db8:0:{0}::1", "2001:db8:1::1")]
    [InlineData("::ffff:192.0.2.{0}", "::ffff:192.0.3.1")]
    public void A_network_has_no_more_than_its_share_whatever_addresses_it_has(string form, string elsewhere)
    {
        var many = Enumerable
            .Range(1, 9)
            .Select(i => Enter(string.Format(System.Globalization.CultureInfo.InvariantCulture, form, i))!)
            .ToArray();
        Assert.Equal(4, many.Count(m => m.IsEvicted));
        Assert.Equal(5, _crowd.Count);
        Assert.NotNull(Enter(elsewhere));
        Assert.Equal(4, many.Count(m => m.IsEvicted));
    }

    [Fact]
    public void When_it_is_full_the_largest_network_makes_room_and_a_trusted_one_never_does()
    {
        var proxy = Enumerable.Range(0, 4).Select(_ => Trusted()!).ToArray();
        var small = Enter("198.51.100.1")!;
        var large = Enumerable.Range(1, 5).Select(i => Enter($"192.0.2.{i}")!).ToArray();
        Assert.NotNull(Enter("203.0.113.1"));
        Assert.NotNull(Trusted());
        Assert.Equal([true, true, false, false, false], large.Select(m => m.IsEvicted));
        Assert.DoesNotContain(proxy.Append(small), m => m.IsEvicted);
        Assert.Equal(10, _crowd.Count);
    }

    [Fact]
    public void Who_leaves_leaves_nothing_behind()
    {
        var members = Enumerable.Range(1, 5).Select(i => Enter($"192.0.2.{i}")!).ToArray();
        foreach (var member in members.Concat(members))
            _crowd.Leave(member);

        Assert.Equal(0, _crowd.Count);
        Assert.All(Enumerable.Range(1, 5).Select(i => Enter($"192.0.2.{i}")), Assert.NotNull);
    }

    [Fact]
    public void Loopback_is_one_machine_and_no_network()
    {
        Assert.All(Enumerable.Range(1, 9).Select(i => Enter($"127.0.0.{i}")), m => Assert.False(m!.IsEvicted));
    }

    private Member? Enter(string address)
    {
        var member = new Member();
        return _crowd.Enter(IPAddress.Parse(address), member) ? member : null;
    }

    private Member? Trusted()
    {
        var member = new Member();
        return _crowd.EnterTrusted(member) ? member : null;
    }

    private sealed class Member : CrowdMember
    {
        public bool IsEvicted { get; private set; }

        public override void Evict() => IsEvicted = true;
    }
}
