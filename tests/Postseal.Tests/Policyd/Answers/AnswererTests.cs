using System.Text;
using Postseal.Cli.Policyd.Configuration;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.PolicyHost;
using Xunit;

namespace Postseal.Tests.Policyd.Answers;

/// <summary>What a mail server is told.</summary>
public sealed class AnswererTests
{
    private const string Secure = "OK secure match=mx.example.com servername=hostname";

    [Theory]
    [Trait("rfc", "8461-5-1")]
    [Trait("rfc", "8461-5-2")]
    [Trait("rfc", "8461-5-3")]
    [InlineData("enforce", Secure)]
    [InlineData("testing", "NOTFOUND ")]
    [InlineData("none", "NOTFOUND ")]
    public async Task Only_an_enforced_policy_is_an_answer(string mode, string expected)
    {
        using var bench = new PolicydBench(PolicydBench.Zone("example.com", "mx.example.com"));
        bench.Serve("example.com", mode, "mx.example.com");

        Assert.Equal(expected, await bench.AskAsync("postfix example.com"));
        Assert.Equal(expected, await bench.AskAsync("postfix EXAMPLE.com"));
        Assert.Equal(expected, await bench.AskAsync("anything example.com"));
        Assert.Single(bench.Host.Fetched);
    }

    [Theory]
    [Trait("rfc", "8461-3.4-1")]
    [InlineData("postfix [relay.example.com]:587")]
    [InlineData("postfix relay.example.com:587")]
    [InlineData("postfix [relay.example.com]")]
    public async Task A_smart_host_is_the_policy_domain(string request)
    {
        using var bench = new PolicydBench(PolicydBench.Zone("relay.example.com", "relay.example.com"));
        bench.Serve("relay.example.com", "enforce", "relay.example.com");

        Assert.Equal("OK secure match=relay.example.com servername=hostname", await bench.AskAsync(request));
    }

    [Theory]
    [InlineData("postfix .example.com", "NOTFOUND ")]
    [InlineData("postfix [192.0.2.1]:25", "NOTFOUND ")]
    [InlineData("postfix ", "NOTFOUND ")]
    [InlineData("postfix a b", "NOTFOUND ")]
    [InlineData("postfix", "PERM a question is a map name, a space and a domain")]
    [InlineData(" example.com", "PERM a question is a map name, a space and a domain")]
    [InlineData("", "PERM a question is a map name, a space and a domain")]
    public async Task Some_questions_need_no_look_up(string request, string expected)
    {
        using var bench = new PolicydBench("");

        Assert.Equal(expected, await bench.AskAsync(request));
        Assert.Empty(bench.Dns.Asked);
    }

    [Fact]
    [Trait("rfc", "8461-1.1-1")]
    public async Task A_U_label_gets_the_answer_of_its_A_label()
    {
        using var bench = new PolicydBench(PolicydBench.Zone("xn--bcher-kva.example", "mx.example.com"));
        bench.Serve("xn--bcher-kva.example", "enforce", "mx.example.com");

        Assert.Equal(Secure, await bench.AskAsync("postfix b\u00fccher.example"));
        Assert.Equal(Secure, await bench.AskAsync("postfix xn--bcher-kva.example"));
        Assert.Single(bench.Host.Fetched);
    }

    [Theory]
    [Trait("rfc", "8461-2-1")]
    [Trait("rfc", "7672-2.1.2-2")]
    [InlineData("all usable", "mx1 3 1 1,mx2 3 1 1", "none", "OK dane-only")]
    [InlineData("all usable, with a policy", "mx1 3 1 1,mx2 3 1 1", "enforce", "OK dane-only")]
    [InlineData("one without", "mx1 3 1 1", "none", "OK dane")]
    [InlineData("one without, with a policy", "mx1 3 1 1", "enforce", "OK dane-only")]
    [InlineData("one fails, one is usable", "mx1 !servfail,mx2 3 1 1", "none", "OK dane-only")]
    [InlineData("one fails, one without", "mx1 !servfail", "none", "OK dane")]
    [InlineData("all unusable", "mx1 0 1 1,mx2 0 1 1", "none", "OK dane")]
    [InlineData(
        "all unusable, with a policy",
        "mx1 0 1 1,mx2 0 1 1",
        "enforce",
        "OK secure match=mx1.example.com:mx2.example.com servername=hostname"
    )]
    [InlineData("no TLSA", "", "enforce", "OK secure match=mx1.example.com:mx2.example.com servername=hostname")]
    [InlineData("no TLSA, no policy", "", "none", "NOTFOUND ")]
    [InlineData(
        "both fail",
        "mx1 !servfail,mx2 !servfail",
        "enforce",
        "TEMP the TLSA records of no MX host can be looked up, though their addresses are DNSSEC-secure"
    )]
    public async Task DANE_goes_before_the_policy_where_the_MX_records_are_secure(
        string name,
        string tlsa,
        string mode,
        string expected
    )
    {
        _ = name;
        using var bench = Dane(tlsa, secure: true);
        bench.Serve("example.com", mode, "mx1.example.com", "mx2.example.com");

        Assert.Equal(expected, await bench.AskAsync("postfix example.com"));
    }

    [Theory]
    [InlineData("sendmail")]
    [InlineData("sts")]
    public async Task Sendmail_which_takes_a_DANE_level_for_nothing_to_enforce_gets_the_policy(string map)
    {
        using var bench = Dane("mx1 3 1 1,mx2 3 1 1", secure: true);
        bench.Serve("example.com", "enforce", "mx1.example.com", "mx2.example.com");

        Assert.Equal("OK dane-only", await bench.AskAsync("postfix example.com"));
        Assert.Equal(
            "OK secure match=mx1.example.com:mx2.example.com servername=hostname",
            await bench.AskAsync($"{map} example.com")
        );
    }

    [Theory]
    [InlineData("none", "NOTFOUND ")]
    [InlineData("enforce", "OK secure match=mx1.example.com:mx2.example.com servername=hostname")]
    public async Task Behind_insecure_MX_records_there_is_never_DANE(string mode, string expected)
    {
        using var bench = Dane("mx1 3 1 1,mx2 3 1 1", secure: false);
        bench.Serve("example.com", mode, "mx1.example.com", "mx2.example.com");

        Assert.Equal(expected, await bench.AskAsync("postfix example.com"));
    }

    [Fact]
    public async Task A_resolver_that_is_not_believed_is_not_asked_for_MX_records_without_need()
    {
        using var bench = new PolicydBench(PolicydBench.Zone("example.com", "mx.example.com"), believesAd: false);
        bench.Serve("example.com", "enforce", "mx.example.com");

        Assert.Equal(Secure, await bench.AskAsync("postfix example.com"));
        Assert.DoesNotContain(bench.Dns.Asked, q => q.EndsWith(" MX", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broken_AAAA_blocks_nobody()
    {
        using var bench = new PolicydBench(
            """
            secure example.com
            example.com MX 0 mx.example.com
            mx.example.com A 192.0.2.1
            mx.example.com AAAA !servfail
            _25._tcp.mx.example.com TLSA 3 1 1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
            """
        );
        Assert.Equal("OK dane-only", await bench.AskAsync("postfix example.com"));
    }

    [Theory]
    [Trait("rfc", "8461-3.3-11")]
    [InlineData("dns", "NOTFOUND ", "TEMP DNS fails for the MTA-STS record of example.com")]
    [InlineData("fetch", "NOTFOUND ", "TEMP the MTA-STS policy of example.com cannot be fetched")]
    [InlineData("policy", "NOTFOUND ", "TEMP the MTA-STS policy of example.com is invalid")]
    [InlineData("mx", "NOTFOUND ", "TEMP DNS fails for the MX records of example.com")]
    public async Task What_cannot_be_learned_is_no_policy_unless_the_operator_rather_waits(
        string cause,
        string usual,
        string careful
    )
    {
        foreach (var (tempOn, expected) in new[] { (Array.Empty<TempCause>(), usual), (Enum.GetValues<TempCause>(), careful) })
        {
            using var bench = new PolicydBench(
                cause switch
                {
                    "dns" => "_mta-sts.example.com TXT !servfail",
                    "mx" => "example.com MX !servfail",
                    _ => "_mta-sts.example.com TXT v=STSv1; id=1;",
                },
                tempOn: tempOn
            );
            if (cause == "policy")
                bench.Host.Serve("example.com", "nonsense");

            Assert.Equal(expected, await bench.AskAsync("postfix example.com"));
            Assert.Equal(1, Assert.Single(bench.Counts.All, c => c.Cause == cause).Value);
        }
    }

    [Fact]
    public async Task An_answer_that_takes_too_long_is_no_policy_and_the_look_up_goes_on()
    {
        using var bench = new PolicydBench(PolicydBench.Zone("example.com", "mx.example.com"));
        bench.Serve("example.com", "enforce", "mx.example.com");
        var gate = new TaskCompletionSource();
        bench.Host.Gate = gate.Task;
        var question = bench.AskAsync("postfix example.com");
        while (bench.Host.Fetched.IsEmpty && !question.IsCompleted)
            await Task.Yield();

        bench.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("NOTFOUND ", await question);
        Assert.Contains(bench.Counts.All, c => c is { Cause: "timeout", Value: 1 });

        gate.SetResult();
        bench.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(Secure, await bench.AskAsync("postfix example.com"));
    }

    [Theory]
    [InlineData("Off", "NOTFOUND ")]
    [InlineData("Testing", "NOTFOUND ")]
    [InlineData("Pin", "OK secure match=pinned.example.com servername=hostname")]
    public async Task An_override_counts_until_it_ends(string name, string expected)
    {
        var action = Enum.Parse<OverrideAction>(name);
        using var bench = new PolicydBench(PolicydBench.Zone("example.com", "mx.example.com"));
        bench.Serve("example.com", "enforce", "mx.example.com");
        Assert.Equal(Secure, await bench.AskAsync("postfix example.com"));

        Assert.True(
            StsPolicy.TryParse("version: STSv1\nmode: enforce\nmx: pinned.example.com\nmax_age: 60\n"u8, out var pinned, out _)
        );
        var end = bench.Clock.GetUtcNow() + TimeSpan.FromMinutes(30);
        bench.Settings.Swap(
            bench.Options with
            {
                Overrides = new([
                    new(DomainName.Parse("example.com"), action, action == OverrideAction.Pin ? pinned : null, "why", end),
                ]),
            }
        );
        bench.Table.Clear();
        Assert.Equal(expected, await bench.AskAsync("postfix example.com"));

        bench.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(Secure, await bench.AskAsync("postfix example.com"));
    }

    [Fact]
    [Trait("rfc", "8461-10.3-1")]
    public async Task A_policy_that_changes_in_the_background_outdates_the_answers_kept()
    {
        using var bench = new PolicydBench(PolicydBench.Zone("example.com", "mx.example.com"));
        bench.Serve("example.com", "enforce", "mx.example.com");
        Assert.Equal(Secure, await bench.AskAsync("postfix example.com"));
        Assert.NotNull(bench.Warm("postfix example.com"u8.ToArray()));

        bench.Serve("example.com", "none");
        await bench.RefreshAsync("example.com", TestContext.Current.CancellationToken);
        Assert.Null(bench.Warm("postfix example.com"u8.ToArray()));
        Assert.Equal("NOTFOUND ", await bench.AskAsync("postfix example.com"));
    }

    [Fact]
    public async Task With_DNS_and_policy_hosts_cut_off_the_cached_policy_is_still_the_answer()
    {
        using var bench = new PolicydBench(PolicydBench.Zone("example.com", "mx.example.com"));
        bench.Serve("example.com", "enforce", "mx.example.com");
        await bench.AskAsync("postfix example.com");
        bench.Dns.Become("_mta-sts.example.com TXT !timeout\nexample.com MX !timeout");
        bench.Host.Fail("example.com", FetchFailure.Tcp);
        bench.Clock.Advance(TimeSpan.FromDays(6));

        Assert.Equal(Secure, await bench.AskAsync("postfix example.com"));
    }

    [Fact]
    public async Task A_warm_answer_allocates_nothing()
    {
        using var bench = new PolicydBench(PolicydBench.Zone("example.com", "mx.example.com"));
        bench.Serve("example.com", "enforce", "mx.example.com");
        string[] questions = ["postfix Example.com", "postfix none.example", "postfix .com", "postfix-tlsrpt example.com"];
        byte[][] requests = [.. questions.Select(Encoding.ASCII.GetBytes)];
        foreach (var request in requests)
            await bench.Service.Cold(request, TestContext.Current.CancellationToken);

        Assert.All(requests, r => Assert.NotNull(bench.Warm(r)));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            foreach (var request in requests)
                bench.Service.Warm(request, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task A_flood_of_invented_domains_keeps_a_bounded_number_of_answers()
    {
        using var bench = new PolicydBench(PolicydBench.Zone("example.com", "mx.example.com"), believesAd: false);
        bench.Serve("example.com", "enforce", "mx.example.com");
        for (var i = 0; i < 80_000; i++)
        {
            await bench.Service.Cold(Encoding.ASCII.GetBytes($"postfix d{i}.example"), TestContext.Current.CancellationToken);
            if (i % 10_000 == 0)
                Assert.Equal(Secure, await bench.AskAsync("postfix example.com"));
        }

        Assert.InRange(bench.Table.Count, 1, 70_000);
        Assert.Single(bench.Host.Fetched);
    }

    private static PolicydBench Dane(string tlsa, bool secure)
    {
        const string digest = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
        var records = tlsa.Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(t => t.Split(' ', 2))
            .Select(t => $"_25._tcp.{t[0]}.example.com TLSA {t[1]}{(t[1].StartsWith('!') ? "" : $" {digest}")}");
        // Insecure at the top only: the hosts' own zone is signed.
        var zone = secure ? "secure example.com" : "secure mx1.example.com\nsecure mx2.example.com";
        return new(
            $"""
            {zone}
            {PolicydBench.Zone("example.com", "mx1.example.com", "mx2.example.com")}
            mx1.example.com A 192.0.2.1
            mx2.example.com A 192.0.2.2
            {string.Join('\n', records)}
            """
        );
    }
}
