using Microsoft.Extensions.Time.Testing;
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

    private readonly FakeDns _dns = new("");
    private readonly FakePolicyHost _policyHost = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly MemoryPolicyStore _store = new();
    private readonly PolicyResolver _resolver;

    public PolicyResolverTests()
    {
        _resolver = new(_dns, _policyHost, _store, _clock);
        Publish(id: "1", StsMode.Enforce);
    }

    public void Dispose() => _resolver.Dispose();

    [Fact]
    [Trait("rfc", "8461-5.1-1")]
    public async Task The_first_question_waits_for_the_policy_and_the_next_finds_it_cached()
    {
        Assert.True(Found(await ResolveAsync()).Fresh);
        Assert.False(Found(await ResolveAsync()).Fresh);
        Assert.Single(_policyHost.Fetched);
    }

    [Theory]
    [Trait("rfc", "8461-3.3-20")]
    [InlineData(5, 59, 61)] // a TTL below a minute counts as a minute
    [InlineData(600, 599, 601)]
    [InlineData(86400, 3599, 3601)] // one above an hour as an hour
    public async Task The_record_is_asked_again_when_its_TTL_is_over(int ttl, int quiet, int due)
    {
        _dns.Become($"_mta-sts.example.com {ttl} TXT v=STSv1; id=1;");
        await ResolveAsync();

        _clock.Advance(TimeSpan.FromSeconds(quiet));
        await ResolveAsync();
        Assert.Single(_dns.Asked);

        _clock.Advance(TimeSpan.FromSeconds(due - quiet));
        await ResolveAsync();
        Assert.Equal(2, _dns.Asked.Count);
    }

    [Fact]
    [Trait("rfc", "8461-3.2-16")]
    public async Task An_unchanged_id_extends_nothing()
    {
        await ResolveAsync();
        for (var day = 0; day < 6; day++)
        {
            _clock.Advance(TimeSpan.FromDays(1));
            Assert.False(Found(await ResolveAsync()).Fresh);
        }

        _policyHost.Fail("example.com", FetchFailure.Tcp);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.IsType<StsLookup.Unusable>(await ResolveAsync());
    }

    [Fact]
    [Trait("rfc", "8461-3.1-8")]
    [Trait("rfc", "8461-3.3-21")]
    public async Task A_new_id_brings_the_new_policy_at_once_even_a_weaker_one()
    {
        await ResolveAsync();
        Publish(id: "2", StsMode.None);
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(StsMode.None, Found(await ResolveAsync()).Policy.Mode);
    }

    [Fact]
    [Trait("rfc", "8461-3.1-9")]
    public async Task Going_back_to_an_earlier_id_is_a_change_like_any_other()
    {
        await ResolveAsync();
        Publish(id: "2", StsMode.Testing);
        _clock.Advance(TimeSpan.FromHours(1));
        await ResolveAsync();
        Publish(id: "1", StsMode.Enforce);
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(StsMode.Enforce, Found(await ResolveAsync()).Policy.Mode);
        Assert.Equal(3, _policyHost.Fetched.Count);
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
        _dns.Become(zone);
        _clock.Advance(TimeSpan.FromDays(6));

        Assert.Equal(StsMode.Enforce, Found(await ResolveAsync()).Policy.Mode);

        _clock.Advance(TimeSpan.FromDays(1));
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
        Publish(id: "2", StsMode.None);
        _policyHost.Fail("example.com", failure);
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(StsMode.Enforce, Found(await ResolveAsync()).Policy.Mode);
    }

    [Fact]
    [Trait("rfc", "8461-3.3-19")]
    public async Task An_invalid_new_policy_replaces_nothing_and_is_left_alone_for_a_while()
    {
        await ResolveAsync();
        Publish(id: "2", StsMode.None);
        _policyHost.Serve("example.com", "version: STSv1\nmode: what\nmax_age: 1\n");
        for (var minute = 0; minute < 3; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(minute == 0 ? 60 : 1));
            Assert.Equal(StsMode.Enforce, Found(await ResolveAsync()).Policy.Mode);
        }

        Assert.Equal(2, _policyHost.Fetched.Count);
    }

    [Fact]
    [Trait("rfc", "8461-3.3-7")]
    public async Task After_failures_the_same_id_is_fetched_less_and_less_often()
    {
        _policyHost.Fail("example.com", FetchFailure.HttpStatus);
        var fetchedAt = new List<int>();
        for (var minute = 0; minute <= 200; minute++)
        {
            var before = _policyHost.Fetched.Count;
            Assert.Equal(new StsLookup.Unusable(LookupStage.Fetch, "http-status"), await ResolveAsync());
            if (_policyHost.Fetched.Count > before)
                fetchedAt.Add(minute);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([0, 5, 15, 35, 75, 135, 195], fetchedAt);
    }

    [Fact]
    [Trait("rfc", "8461-3.3-7")]
    public async Task A_new_id_may_be_fetched_at_once_after_a_failure()
    {
        _policyHost.Fail("example.com", FetchFailure.HttpStatus);
        _dns.Become("_mta-sts.example.com 60 TXT v=STSv1; id=1;");
        await ResolveAsync();
        Publish(id: "2", StsMode.Enforce);
        _clock.Advance(TimeSpan.FromSeconds(61)); // the record's TTL; the pause for the old id is 5 minutes

        Assert.True(Found(await ResolveAsync()).Fresh);
    }

    [Fact]
    [Trait("rfc", "8461-3.3-8")]
    public async Task Parallel_questions_share_one_look_up()
    {
        var gate = new TaskCompletionSource();
        _policyHost.Gate = gate.Task;
        var questions = Enumerable.Range(0, 20).Select(_ => ResolveAsync()).ToList();
        gate.SetResult();
        var answers = await Task.WhenAll(questions);

        Assert.All(answers, a => Assert.True(Found(a).Fresh));
        Assert.Single(_policyHost.Fetched);
        Assert.Single(_dns.Asked);
    }

    [Fact]
    [Trait("rfc", "8461-3.3-9")]
    public async Task A_caller_that_leaves_does_not_take_the_look_up_along()
    {
        var gate = new TaskCompletionSource();
        _policyHost.Gate = gate.Task;
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
        _policyHost.Serve("example.com", "version: STSv1\nmode: enforce\nmx: mx.example.com\nmax_age: 0\n");

        Assert.True(Found(await ResolveAsync()).Fresh);
        Assert.Equal(new StsLookup.Unusable(LookupStage.Policy, "expired"), await ResolveAsync());
        Assert.Single(_policyHost.Fetched);

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(Found(await ResolveAsync()).Fresh);
    }

    [Fact]
    [Trait("rfc", "8461-3.3-18")]
    public async Task The_id_kept_is_the_one_seen_before_the_fetch()
    {
        var gate = new TaskCompletionSource();
        _policyHost.Gate = gate.Task;
        var question = ResolveAsync();
        while (_policyHost.Fetched.IsEmpty)
            await Task.Yield();
        Publish(id: "2", StsMode.Testing);
        gate.SetResult();
        await question;

        Assert.Equal("1", Assert.Single(await _store.LoadAsync(TestContext.Current.CancellationToken)).Policy.Id);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.True(Found(await ResolveAsync()).Fresh);
    }

    [Fact]
    [Trait("rfc", "8461-5-3")]
    public async Task A_policy_of_mode_none_is_cached_like_any_other()
    {
        Publish(id: "1", StsMode.None);
        await ResolveAsync();

        Assert.False(Found(await ResolveAsync()).Fresh);
    }

    [Theory]
    [Trait("rfc", "8461-3.2-9")]
    [InlineData(31557600)]
    [InlineData(9999999999)]
    public void No_policy_lives_longer_than_a_year(long maxAge)
    {
        var cached = new CachedPolicy(Domain, new(StsMode.None, [], maxAge, []), "1", _clock.GetUtcNow());

        Assert.True(cached.IsLive(_clock.GetUtcNow() + TimeSpan.FromSeconds(31557599)));
        Assert.False(cached.IsLive(_clock.GetUtcNow() + TimeSpan.FromSeconds(31557600)));
    }

    [Fact]
    public async Task While_DNS_is_slow_the_unexpired_policy_answers_after_two_seconds_and_the_look_up_finishes_behind()
    {
        await ResolveAsync();
        Publish(id: "2", StsMode.Testing);
        _clock.Advance(TimeSpan.FromHours(1));
        var gate = new TaskCompletionSource();
        _dns.Gate = gate.Task;
        var question = ResolveAsync();
        while (!question.IsCompleted && _dns.Asked.Count < 2)
            await Task.Yield();

        Assert.False(question.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(StsMode.Enforce, Found(await question).Policy.Mode);

        gate.SetResult();
        Assert.Equal(StsMode.Testing, Found(await ResolveAsync()).Policy.Mode);
    }

    [Fact]
    public async Task A_domain_without_a_record_is_not_asked_about_again_at_once()
    {
        _dns.Become("");
        Assert.IsType<StsLookup.NotPublished>(await ResolveAsync());
        Assert.IsType<StsLookup.NotPublished>(await ResolveAsync());
        Assert.Single(_dns.Asked);
    }

    [Fact]
    public async Task A_new_id_that_could_not_be_fetched_is_tried_again_as_soon_as_the_pause_is_over()
    {
        await ResolveAsync();
        Publish(id: "2", StsMode.Testing);
        _dns.Become("_mta-sts.example.com 3600 TXT v=STSv1; id=2;");
        _policyHost.Fail("example.com", FetchFailure.Tcp);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(StsMode.Enforce, Found(await ResolveAsync()).Policy.Mode);

        _policyHost.Serve("example.com", "version: STSv1\nmode: testing\nmx: mx.example.com\nmax_age: 604800\n");
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(StsMode.Testing, Found(await ResolveAsync()).Policy.Mode);
    }

    private void Publish(string id, StsMode mode)
    {
        _dns.Become($"_mta-sts.example.com TXT v=STSv1; id={id};");
        _policyHost.Serve(
            "example.com",
            $"version: STSv1\r\nmode: {mode.ToString().ToLowerInvariant()}\r\nmx: mx.example.com\r\nmax_age: 604800\r\n"
        );
    }

    private Task<StsLookup> ResolveAsync() => _resolver.ResolveAsync(Domain, TestContext.Current.CancellationToken);

    private static StsLookup.Found Found(StsLookup lookup) => Assert.IsType<StsLookup.Found>(lookup);
}
