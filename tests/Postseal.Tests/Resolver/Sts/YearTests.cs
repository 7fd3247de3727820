using CsCheck;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.PolicyHost;
using Postseal.Resolver.Sts;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Resolver.Sts;

/// <summary>A year in the life of one domain, by chance: the policy changes, vanishes, breaks and comes back, the daemon restarts. At every step the laws hold.</summary>
public sealed class YearTests
{
    private static readonly DomainName Domain = DomainName.Parse("example.com");
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(30);

    // The record's TTL here is below the minimum of a minute, and a question comes at every step.
    private const int Ttl = 60;

    [Fact]
    [Trait("rfc", "8461-3.3-12")]
    [Trait("rfc", "8461-3.2-16")]
    [Trait("rfc", "8461-5.1-1")]
    public void Never_weaker_than_an_unexpired_policy_never_used_past_its_end_and_a_change_is_noticed() =>
        Gen.Int[0, int.MaxValue].Sample(seed => new Year(seed).RunAsync().GetAwaiter().GetResult(), iter: 6);

    private sealed class Year(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly FakeInternet _internet = new();

        // What the world publishes now, and what a sender must have of it.
        private bool _recordWorks;
        private bool _hostWorks;
        private int _id;
        private StsMode _mode = StsMode.Enforce;
        private TimeSpan _maxAge = TimeSpan.FromDays(7);
        private (StsMode Mode, TimeSpan MaxAge, DateTimeOffset At)? _model;
        private DateTimeOffset _changedAt;

        public async Task RunAsync()
        {
            var resolver = await StartAsync();
            var end = _internet.Clock.GetUtcNow() + TimeSpan.FromDays(365);
            while (_internet.Clock.GetUtcNow() < end)
            {
                _internet.Clock.Advance(Step);
                if (_random.Next(100) == 0)
                    Change();
                if (_random.Next(500) == 0)
                {
                    resolver.Dispose();
                    resolver = await StartAsync();
                }

                await new Refresher(resolver, _internet.Clock).SweepAsync(TestContext.Current.CancellationToken);
                Learn(resolver);
                Check(await resolver.ResolveAsync(Domain, TestContext.Current.CancellationToken), resolver);
            }

            resolver.Dispose();
        }

        private async Task<PolicyResolver> StartAsync()
        {
            var resolver = _internet.NewResolver(new() { Random = _random });
            await resolver.LoadAsync(TestContext.Current.CancellationToken);
            return resolver;
        }

        private void Change()
        {
            _recordWorks = _random.Next(4) > 0;
            _hostWorks = _random.Next(4) > 0;
            if (_random.Next(2) == 0)
            {
                _id++;
                _mode = (StsMode)_random.Next(3);
                _maxAge = TimeSpan.FromHours(
                    _random.Next(3) switch
                    {
                        0 => 1,
                        1 => 24,
                        _ => 24 * 14,
                    }
                );
                _changedAt = _internet.Clock.GetUtcNow();
            }

            string[] broken = ["", "_mta-sts.example.com TXT !servfail", "_mta-sts.example.com TXT v=STSv1; id=-;"];
            if (_recordWorks)
                _internet.PublishRecord($"{_id}", Ttl);
            else
                _internet.Dns.Become(broken[_random.Next(broken.Length)]);

            if (_hostWorks)
                _internet.PublishPolicy(_mode, (long)_maxAge.TotalSeconds);
            else
                _internet.Host.Fail("example.com", FetchFailure.Tcp);
        }

        // A fetch that succeeded, seen from outside: what the world served at that moment.
        private void Learn(PolicyResolver resolver)
        {
            if (resolver.Find(Domain)?.Fetch is { Succeeded: true } fetch && fetch.At == _internet.Clock.GetUtcNow())
                _model = (_mode, _maxAge, fetch.At);
        }

        private void Check(StsLookup lookup, PolicyResolver resolver)
        {
            Learn(resolver); // the question itself may have fetched
            var now = _internet.Clock.GetUtcNow();
            if (_model is { } model && now < model.At + model.MaxAge)
                Assert.Equal(model.Mode, Assert.IsType<StsLookup.Found>(lookup).Policy.Mode);
            else
                Assert.IsNotType<StsLookup.Found>(lookup);

            // Record and host work, and the longest pause after a failure is over: the newest policy applies.
            var settled = now - _changedAt > TimeSpan.FromHours(2);
            if (_recordWorks && _hostWorks && settled && lookup is StsLookup.Found found && found.Policy.Lifetime > Step)
                Assert.True(found.Policy.Mode == _mode || BackingOff(resolver, now), $"seed {seed} at {now}");
        }

        private static bool BackingOff(PolicyResolver resolver, DateTimeOffset now) =>
            resolver.Find(Domain)?.Fetch is { Succeeded: false } fetch && now < fetch.NotBefore + Step;
    }
}
