using System.Net;
using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Tests;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Web;

/// <summary>What observations may cost on disk.</summary>
public sealed class TestCostTests
{
    private const string Zone = "sender.example";

    private static readonly DateTimeOffset At = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private static readonly string Awkward = string.Concat(Enumerable.Repeat("\u0001<\U0001F4E7", 200));

    [Fact]
    public void No_observation_takes_more_than_its_share_whatever_is_in_its_texts()
    {
        var host = $"mx1.c1.{new string('z', 60)}.{Zone}";
        Observation[] worst =
        [
            new Observation.Asked(At, IPAddress.IPv6Loopback, host, Awkward) { PolicyId = new('i', 32) },
            new Observation.Fetched(At, IPAddress.IPv6Loopback, host, Awkward, Awkward, 404),
            new Observation.Greeted(At, IPAddress.IPv6Loopback, host, Awkward, OverTls: true),
            new Observation.Secured(At, IPAddress.IPv6Loopback, host, Awkward, Awkward, Awkward),
            new Observation.Bounced(At, $"a@{host}", Awkward, Awkward, Awkward),
            new Observation.Reported(At, IPAddress.IPv6Loopback, host, Awkward, long.MaxValue) { Domain = Awkward },
            new Observation.Delivered(At, IPAddress.IPv6Loopback, Awkward, Awkward, true)
            {
                Sender = Awkward,
                TlsRequired = Awkward,
                ReportDomain = Awkward,
                ReportSubmitter = Awkward,
                Period = new(At, At.AddDays(1)),
            },
        ];

        Assert.All(worst, o => Assert.InRange(ObservationText.BytesOf(o), 100, TestLimits.ObservationBytes));
        Assert.All(
            worst,
            o => Assert.Equal(ObservationText.BytesOf(o), ObservationText.BytesOf(ObservationText.Read(ObservationText.Of(o))))
        );
    }

    [Fact]
    public void A_test_that_is_flooded_has_a_bounded_share_of_bytes_and_counts_what_is_beyond()
    {
        var (test, bytes) = (Test(new()), 0L);
        test.Learn(IPAddress.Loopback);
        for (var n = 0; n < 12_000; n++)
        {
            var client = n % 2 == 0 ? IPAddress.Loopback : new IPAddress([10, 0, (byte)(n / 200), (byte)(n % 200)]);
            Observation seen =
                n % 3 == 0
                    ? new Observation.Addressed(At, client, Host(n), $"{Awkward}@c1.{Zone}", true, false)
                    : new Observation.Greeted(At, client, Host(n), Awkward, OverTls: true);
            if (test.Count(seen) is not null)
                bytes += ObservationText.BytesOf(seen) + TestLimits.RowBytes;
        }

        Assert.InRange(bytes, TestLimits.OwnBytes / 2, TestLimits.OwnBytes + TestLimits.StrangeBytes + TestLimits.TellingBytes);
        Assert.True(test.MissesQuestions);
        Assert.InRange(test.NotKept, 1, 12_000 - test.Kept);
    }

    [Fact]
    public void All_tests_share_a_room_and_each_has_some_for_itself_that_comes_back_when_one_ends()
    {
        var space = new TestSpace(100 * 1024);
        var (flooded, other) = (Test(space), Test(space));
        Flood(flooded);
        Assert.InRange(space.Free, 0, 1000);
        Assert.True(flooded.MissesQuestions);

        Flood(other);
        Assert.InRange(other.Kept, 50, flooded.Kept - 50);

        flooded.Leave();
        other.Leave();
        Assert.Equal(100 * 1024, space.Free);
    }

    private static void Flood(LiveTest test)
    {
        test.Learn(IPAddress.Loopback);
        for (var n = 0; n < 1000; n++)
            test.Count(new Observation.Greeted(At, IPAddress.Loopback, Host(n), Awkward, OverTls: true));
    }

    private static string Host(int n) => $"mx{n}.c1.{Zone}";

    private static LiveTest Test(TestSpace space) =>
        new(new TestRow(TestKey.Mailbox(TestKey.New()), At, At.AddDays(7), 0, null), [At], [TimeSpan.Zero], space);
}
