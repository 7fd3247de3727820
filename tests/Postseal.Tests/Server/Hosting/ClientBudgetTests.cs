using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Postseal.Server.Configuration;
using Postseal.Server.Hosting;
using Xunit;

namespace Postseal.Tests.Server.Hosting;

/// <summary>Who may do how much, on a clock of the test.</summary>
public sealed class ClientBudgetTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void A_client_has_its_budget_at_once_and_then_as_fast_as_it_fills_again()
    {
        var budget = Budget(perClient: 3, total: 1000);
        Assert.Equal([true, true, true], Take(budget, "192.0.2.1", 3));
        Assert.False(Take(budget, "192.0.2.1", out var refusal));
        Assert.Equal(new(Scarce.ChecksOfClient, TimeSpan.FromSeconds(20)), refusal);

        _clock.Advance(refusal!.RetryAfter - TimeSpan.FromMilliseconds(1));
        Assert.False(Take(budget, "192.0.2.1", out _));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(Take(budget, "192.0.2.1", out _));
        Assert.False(Take(budget, "192.0.2.1", out _));

        _clock.Advance(TimeSpan.FromHours(5));
        Assert.Equal([true, true, true, false], Take(budget, "192.0.2.1", 4));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    [InlineData("0.0.0.1", "::1", false)]
    [InlineData(null, null, true)]
    public void A_client_is_an_address_or_a_network_of_64_bits(string? one, string? other, bool isSame)
    {
        var budget = Budget(perClient: 1, total: 1000);
        Assert.True(Take(budget, one, out _));
        Assert.Equal(!isSame, Take(budget, other, out _));
    }

    [Fact]
    public void All_together_have_a_budget_too_and_nobody_pays_for_what_others_have_used_up()
    {
        var budget = Budget(perClient: 2, total: 4);
        Assert.Equal([true, true], Take(budget, "192.0.2.1", 2));
        Assert.Equal([true, true], Take(budget, "192.0.2.2", 2));
        Assert.False(Take(budget, "192.0.2.3", out var refusal));
        Assert.Equal(new(Scarce.ChecksOfAll, TimeSpan.FromSeconds(15)), refusal);
        Assert.Equal([false, false, false], Take(budget, "192.0.2.3", 3));

        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal([true, true, false], Take(budget, "192.0.2.3", 3));
    }

    [Fact]
    public void A_million_addresses_take_the_room_of_few()
    {
        var budget = Budget(perClient: 1, total: 10_000_000);
        for (var i = 0; i < 1_000_000; i++)
            budget.TryTake(Context(new IPAddress(i + 1L)), out _);

        Assert.InRange(budget.Count, 1, 131_072);
        Assert.False(budget.TryTake(Context(new IPAddress(1_000_000L)), out _)); // the last ones are remembered
    }

    [Fact]
    public void Requests_and_checks_are_counted_apart()
    {
        var budget = new ClientBudget(new WebSettings { ChecksPerMinute = 1, RequestsPerMinute = 2 }, _clock);
        var context = Context(IPAddress.Loopback);
        Assert.True(budget.TryTake(context, out _));
        Assert.True(budget.TryTakeRequest(context, out _));
        Assert.True(budget.TryTakeRequest(context, out _));
        Assert.False(budget.TryTakeRequest(context, out _));
        Assert.False(budget.TryTake(context, out _));
    }

    [Theory]
    [InlineData("192.0.2.{0}", "192.0.3.1")]
    [InlineData("2001:db8:0:{0}::1", "2001:db8:1::1")]
    public void The_network_around_a_client_has_four_times_its_share(string form, string elsewhere)
    {
        var budget = Budget(perClient: 2, total: 1000);
        var taken = Enumerable
            .Range(1, 9)
            .Sum(i => Take(budget, string.Format(System.Globalization.CultureInfo.InvariantCulture, form, i), 2).Count(t => t));
        Assert.Equal(8, taken);
        Assert.False(Take(budget, string.Format(System.Globalization.CultureInfo.InvariantCulture, form, 10), out var refusal));
        Assert.Equal(new(Scarce.ChecksOfNetwork, TimeSpan.FromSeconds(7.5)), refusal);
        Assert.True(Take(budget, elsewhere, out _));
    }

    [Fact]
    public void A_network_makes_no_more_requests_than_four_clients_may()
    {
        var budget = new ClientBudget(new WebSettings { RequestsPerMinute = 3 }, _clock);
        Assert.Equal(
            12,
            Enumerable.Range(1, 200).Count(i => budget.TryTakeRequest(Context(new IPAddress([192, 0, 2, (byte)i])), out _))
        );
        Assert.True(budget.TryTakeRequest(Context(new IPAddress([192, 0, 3, 1])), out _));
    }

    [Fact]
    public void Work_that_was_done_for_a_client_counts_and_comes_back_with_time()
    {
        var budget = new ClientBudget(new WebSettings { RequestsPerMinute = 1_000_000 }, _clock);
        var context = Context(IPAddress.Parse("192.0.2.1"));
        for (var done = 0; done < ClientBudget.WorkPerMinute; done += 80_000)
        {
            Assert.True(budget.TryTakeRequest(context, out _));
            budget.Charge(context, 80_000);
        }

        Assert.False(budget.TryTakeRequest(context, out var retryAfter));
        Assert.InRange(retryAfter, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(3));
        Assert.True(budget.TryTakeRequest(Context(IPAddress.Parse("192.0.2.2")), out _));
        _clock.Advance(retryAfter + TimeSpan.FromMilliseconds(1));
        Assert.True(budget.TryTakeRequest(context, out _));

        budget.Charge(context, long.MaxValue / 1000); // whatever it was, it is forgiven in two minutes
        Assert.False(budget.TryTakeRequest(context, out _));
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.True(budget.TryTakeRequest(context, out _));
    }

    private ClientBudget Budget(int perClient, int total) =>
        new(new WebSettings { ChecksPerMinute = perClient, ChecksPerMinuteTotal = total }, _clock);

    private static bool[] Take(ClientBudget budget, string address, int times) =>
        [.. Enumerable.Range(0, times).Select(_ => Take(budget, address, out var _))];

    private static bool Take(ClientBudget budget, string? address, out Refusal? refusal) =>
        budget.TryTake(Context(address is null ? null : IPAddress.Parse(address)), out refusal);

    private static DefaultHttpContext Context(IPAddress? address)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = address;
        return context;
    }
}
