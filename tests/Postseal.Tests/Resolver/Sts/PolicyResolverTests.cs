using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.PolicyHost;
using Postseal.Resolver.Sts;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Resolver.Sts;

/// <summary>The cache rules of a sender, over time.</summary>
public sealed class PolicyResolverTests : IDisposable
{
    private static readonly DomainName Domain = DomainName.Parse("example.com");

    private readonly FakeInternet _internet = new();
    private readonly PolicyResolver _resolver;

    public PolicyResolverTests()
    {
        _resolver = _internet.NewResolver();
        _internet.Publish(id: "1", StsMode.Enforce);
    }

    public void Dispose() => _resolver.Dispose();

    [Fact]
    [Trait("rfc", "8461-5.1-1")]
    public async Task The_first_question_waits_for_the_policy_and_the_next_finds_it_cached()
    {
        Assert.True(Found(await ResolveAsync()).Fresh);
        Assert.False(Found(await ResolveAsync()).Fresh);
        Assert.Single(_internet.Host.Fetched);
    }

    [Theory]
    [Trait("rfc", "8461-3.3-20")]
    [InlineData(5, 59, 61)] // a TTL below a minute counts as a minute
    [InlineData(600, 599, 601)]
    [InlineData(86400, 3599, 3601)] // one above an hour as an hour
    public async Task The_record_is_asked_again_when_its_TTL_is_over(int ttl, int quiet, int due)
    {
        _internet.PublishRecord("1", ttl);
        await ResolveAsync();

        _internet.Clock.Advance(TimeSpan.FromSeconds(quiet));
        await ResolveAsync();
        Assert.Single(_internet.Dns.Asked);

        _internet.Clock.Advance(TimeSpan.FromSeconds(due - quiet));
        await ResolveAsync();
        Assert.Equal(2, _internet.Dns.Asked.Count);
    }

    [Fact]
    [Trait("rfc", "8461-3.2-16")]
    public async Task An_unchanged_id_extends_nothing()
    {
        await ResolveAsync();
        for (var day = 0; day < 6; day++)
        {
            _internet.Clock.Advance(TimeSpan.FromDays(1));
            Assert.False(Found(await ResolveAsync()).Fresh);
        }

        _internet.Host.Fail("example.com", FetchFailure.Tcp);
        _internet.Clock.Advance(TimeSpan.FromDays(1));
        Assert.IsType<StsLookup.Unusable>(await ResolveAsync());
    }

    [Fact]
    [Trait("rfc", "8461-3.1-8")]
    [Trait("rfc", "8461-3.3-21")]
    public async Task A_new_id_brings_the_new_policy_at_once_even_a_weaker_one()
    {
        await ResolveAsync();
        _internet.Publish(id: "2", StsMode.None);
        _internet.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(StsMode.None, Found(await ResolveAsync()).Policy.Mode);
    }

    [Fact]
    [Trait("rfc", "8461-3.1-9")]
    public async Task Going_back_to_an_earlier_id_is_a_change_like_any_other()
    {
        await ResolveAsync();
        _internet.Publish(id: "2", StsMode.Testing);
        _internet.Clock.Advance(TimeSpan.FromHours(1));
        await ResolveAsync();
        _internet.Publish(id: "1", StsMode.Enforce);
        _internet.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(StsMode.Enforce, Found(await ResolveAsync()).Policy.Mode);
        Assert.Equal(3, _internet.Host.Fetched.Count);
    }

    [Theory]
    [Trait("rfc", "8461-3.1-13")]
    [Trait("rfc", "8461-3.3-12")]
    [InlineData("")]
    [InlineData("_mta-sts.example.com TXT !servfail")]
    [InlineData("_mta-sts.example.com TXT !timeout")]
    [InlineData("_mta-sts.example.com TXT v=STSv1; id=;")]
    [InlineData("_mta-sts.example.com TXT v=STSv1; id=2;\n_mta-sts.example.com TXT v=STSv1; id=3;")]
    public async Task A_record_that_is_gone_broken_or_unknown_removes_no_policy(string zone)
    {
        await ResolveAsync();
        _internet.Dns.Become(zone);
        _internet.Clock.Advance(TimeSpan.FromDays(6));

        Assert.Equal(StsMode.Enforce, Found(await ResolveAsync()).Policy.Mode);

        _internet.Clock.Advance(TimeSpan.FromDays(1));
        Assert.IsNotType<StsLookup.Found>(await ResolveAsync());
    }

    [Theory]
    [Trait("rfc", "8461-3.3-12")]
    [InlineData(FetchFailure.DnsFailed)]
    [InlineData(FetchFailure.Tcp)]
    [InlineData(FetchFailure.TlsExpired)]
    [InlineData(FetchFailure.HttpStatus)]
    public async Task A_failing_fetch_of_a_new_id_leaves_the_old_policy(FetchFailure failure)
    {
        await ResolveAsync();
        _internet.Publish(id: "2", StsMode.None);
        _internet.Host.Fail("example.com", failure);
        _internet.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(StsMode.Enforce, Found(await ResolveAsync()).Policy.Mode);
    }

    [Fact]
    [Trait("rfc", "8461-3.3-19")]
    public async Task An_invalid_new_policy_replaces_nothing_and_is_left_alone_for_a_while()
    {
        await ResolveAsync();
        _internet.Publish(id: "2", StsMode.None);
        _internet.Host.Serve("example.com", "version: STSv1\nmode: what\nmax_age: 1\n");
        for (var minute = 0; minute < 3; minute++)
        {
            _internet.Clock.Advance(TimeSpan.FromMinutes(minute == 0 ? 60 : 1));
            Assert.Equal(StsMode.Enforce, Found(await ResolveAsync()).Policy.Mode);
        }

        Assert.Equal(2, _internet.Host.Fetched.Count);
    }

    [Fact]
    [Trait("rfc", "8461-3.3-7")]
    public async Task After_failures_the_same_id_is_fetched_less_and_less_often()
    {
        _internet.Host.Fail("example.com", FetchFailure.HttpStatus);
        var fetchedAt = new List<int>();
        for (var minute = 0; minute <= 200; minute++)
        {
            var before = _internet.Host.Fetched.Count;
            Assert.Equal(new StsLookup.Unusable(LookupStage.Fetch, "http-status"), await ResolveAsync());
            if (_internet.Host.Fetched.Count > before)
                fetchedAt.Add(minute);
            _internet.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([0, 5, 15, 35, 75, 135, 195], fetchedAt);
    }

    [Fact]
    [Trait("rfc", "8461-3.3-7")]
    public async Task A_new_id_may_be_fetched_at_once_after_a_failure()
    {
        _internet.Host.Fail("example.com", FetchFailure.HttpStatus);
        _internet.PublishRecord("1", ttl: 60);
        await ResolveAsync();
        _internet.Publish(id: "2", StsMode.Enforce);
        _internet.Clock.Advance(TimeSpan.FromSeconds(61)); // the record's TTL; the pause for the old id is 5 minutes

        Assert.True(Found(await ResolveAsync()).Fresh);
    }

    [Fact]
    [Trait("rfc", "8461-3.3-8")]
    public async Task Parallel_questions_share_one_look_up()
    {
        var gate = new TaskCompletionSource();
        _internet.Host.Gate = gate.Task;
        var questions = Enumerable.Range(0, 20).Select(_ => ResolveAsync()).ToList();
        gate.SetResult();
        var answers = await Task.WhenAll(questions);

        Assert.All(answers, a => Assert.True(Found(a).Fresh));
        Assert.Single(_internet.Host.Fetched);
        Assert.Single(_internet.Dns.Asked);
    }

    [Fact]
    [Trait("rfc", "8461-3.3-9")]
    public async Task A_caller_that_leaves_does_not_take_the_look_up_along()
    {
        var gate = new TaskCompletionSource();
        _internet.Host.Gate = gate.Task;
        using var impatient = new CancellationTokenSource();
        var first = _resolver.ResolveAsync(Domain, impatient.Token);
        var second = ResolveAsync();
        await impatient.CancelAsync();
        gate.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.True(Found(await second).Fresh);
    }

    [Fact]
    [Trait("rfc", "8461-3.2-21")]
    public async Task A_policy_with_max_age_0_answers_who_waited_and_is_fetched_once_a_minute()
    {
        _internet.PublishPolicy(StsMode.Enforce, maxAge: 0);

        Assert.True(Found(await ResolveAsync()).Fresh);
        Assert.Equal(new StsLookup.Unusable(LookupStage.Policy, "expired"), await ResolveAsync());
        Assert.Single(_internet.Host.Fetched);

        _internet.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(Found(await ResolveAsync()).Fresh);
    }

    [Fact]
    [Trait("rfc", "8461-3.3-18")]
    public async Task The_id_kept_is_the_one_seen_before_the_fetch()
    {
        var gate = new TaskCompletionSource();
        _internet.Host.Gate = gate.Task;
        var question = ResolveAsync();
        while (_internet.Host.Fetched.IsEmpty)
            await Task.Yield();
        _internet.Publish(id: "2", StsMode.Testing);
        gate.SetResult();
        await question;

        Assert.Equal(
            "1",
            Assert
                .Single(
                    await _internet
                        .Store.LoadAsync(TestContext.Current.CancellationToken)
                        .ToListAsync(TestContext.Current.CancellationToken)
                )
                .Policy.Id
        );
        _internet.Clock.Advance(TimeSpan.FromHours(1));
        Assert.True(Found(await ResolveAsync()).Fresh);
    }

    [Fact]
    [Trait("rfc", "8461-5-3")]
    public async Task A_policy_of_mode_none_is_cached_like_any_other()
    {
        _internet.Publish(id: "1", StsMode.None);
        await ResolveAsync();

        Assert.False(Found(await ResolveAsync()).Fresh);
    }

    [Theory]
    [Trait("rfc", "8461-3.2-9")]
    [InlineData(31557600)]
    [InlineData(9999999999)]
    public void No_policy_lives_longer_than_a_year(long maxAge)
    {
        var cached = new CachedPolicy(Domain, new(StsMode.None, [], maxAge, []), "1", _internet.Clock.GetUtcNow());

        Assert.True(cached.IsLive(_internet.Clock.GetUtcNow() + TimeSpan.FromSeconds(31557599)));
        Assert.False(cached.IsLive(_internet.Clock.GetUtcNow() + TimeSpan.FromSeconds(31557600)));
    }

    [Fact]
    public async Task While_DNS_is_slow_the_unexpired_policy_answers_after_two_seconds_and_the_look_up_finishes_behind()
    {
        await ResolveAsync();
        _internet.Publish(id: "2", StsMode.Testing);
        _internet.Clock.Advance(TimeSpan.FromHours(1));
        var gate = new TaskCompletionSource();
        _internet.Dns.Gate = gate.Task;
        var question = ResolveAsync();
        while (!question.IsCompleted && _internet.Dns.Asked.Count < 2)
            await Task.Yield();

        Assert.False(question.IsCompleted);
        _internet.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(StsMode.Enforce, Found(await question).Policy.Mode);

        gate.SetResult();
        Assert.Equal(StsMode.Testing, Found(await ResolveAsync()).Policy.Mode);
    }

    [Fact]
    public async Task A_domain_without_a_record_is_not_asked_about_again_at_once()
    {
        _internet.Dns.Become("");
        Assert.IsType<StsLookup.NotPublished>(await ResolveAsync());
        Assert.IsType<StsLookup.NotPublished>(await ResolveAsync());
        Assert.Single(_internet.Dns.Asked);
    }

    [Fact]
    public async Task A_new_id_that_could_not_be_fetched_is_tried_again_as_soon_as_the_pause_is_over()
    {
        await ResolveAsync();
        _internet.Publish(id: "2", StsMode.Testing);
        _internet.PublishRecord("2", ttl: 3600);
        _internet.Host.Fail("example.com", FetchFailure.Tcp);
        _internet.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(StsMode.Enforce, Found(await ResolveAsync()).Policy.Mode);

        _internet.PublishPolicy(StsMode.Testing);
        _internet.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(StsMode.Testing, Found(await ResolveAsync()).Policy.Mode);
    }

    private Task<StsLookup> ResolveAsync() => _resolver.ResolveAsync(Domain, TestContext.Current.CancellationToken);

    private static StsLookup.Found Found(StsLookup lookup) => Assert.IsType<StsLookup.Found>(lookup);
}
