using System.Net;
using System.Net.Sockets;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Postseal.Resolver.Dns;
using Xunit;

namespace Postseal.Tests.Resolver.Dns;

/// <summary>What servers that fail, lie or keep silent become, against bytes on loopback.</summary>
public sealed class DnsFailureTests : DnsClientDnsTest
{
    [Theory]
    [Trait("rfc", "8461-3.1-16")]
    [Trait("rfc", "7672-2.1.1-1")]
    [InlineData(2, DnsFailure.ServFail)]
    [InlineData(5, DnsFailure.Refused)]
    [InlineData(1, DnsFailure.Refused)]
    [InlineData(4, DnsFailure.Refused)]
    public async Task Error_codes_are_failures_and_never_absence(int rcode, DnsFailure expected)
    {
        await using var server = new WireDnsServer(q => q.Reply(rcode: rcode));

        Assert.Equal(expected, Failed(await Dns(server).TxtAsync(Example, Ct)).Failure);
        Assert.Single(server.Queries);
    }

    [Theory]
    [InlineData(6, DnsFailure.Bogus)]
    [InlineData(7, DnsFailure.Bogus)]
    [InlineData(9, DnsFailure.Bogus)]
    [InlineData(10, DnsFailure.Bogus)]
    [InlineData(22, DnsFailure.ServFail)]
    [InlineData(0, DnsFailure.ServFail)]
    public async Task An_extended_error_tells_bogus_from_broken(int code, DnsFailure expected)
    {
        await using var server = new WireDnsServer(q => q.Reply(additional: [Wire.Opt(code, "no SEP key matches")], rcode: 2));
        var failed = Failed(await Dns(server).TxtAsync(Example, Ct));

        Assert.Equal(expected, failed.Failure);
        Assert.Contains("no SEP key matches", failed.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_extended_response_code_is_no_empty_answer()
    {
        await using var server = new WireDnsServer(q => q.Reply(additional: [Wire.Opt(extendedCode: 1)]));

        Assert.Equal(DnsFailure.Refused, Failed(await Dns(server).TxtAsync(Example, Ct)).Failure);
    }

    [Fact]
    public async Task A_referral_is_no_empty_answer()
    {
        await using var server = new WireDnsServer(q => q.Reply(authority: [Wire.Ns("com")]));

        Assert.Equal(DnsFailure.Refused, Failed(await Dns(server).TxtAsync(Example, Ct)).Failure);
    }

    [Fact]
    public async Task The_next_resolver_is_asked_when_one_fails_or_is_silent()
    {
        await using var silent = new WireDnsServer(_ => null);
        await using var refusing = new WireDnsServer(q => q.Reply(rcode: 5));
        await using var good = new WireDnsServer(q => q.Reply([Wire.A(q.Name)]));

        var question = Dns([silent, refusing, good]).AddressesAsync(Example, AddressFamily.InterNetwork, Ct);
        await MissAsync(silent);

        Found(await question);
        Assert.Single(silent.Queries);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_not_asked_elsewhere()
    {
        await using var first = new WireDnsServer(q => q.Reply(rcode: 3));
        await using var second = new WireDnsServer(q => q.Reply([Wire.A(q.Name)]));

        Assert.IsType<DnsAnswer<IPAddress>.Absent>(
            await Dns([first, second]).AddressesAsync(Example, AddressFamily.InterNetwork, Ct)
        );
        Assert.Empty(second.Queries);
    }

    [Fact]
    public async Task A_lost_datagram_is_sent_again()
    {
        var asked = 0;
        await using var server = new WireDnsServer(q => Interlocked.Increment(ref asked) == 1 ? null : q.Reply([Wire.A(q.Name)]));

        var question = Dns(server).AddressesAsync(Example, AddressFamily.InterNetwork, Ct);
        await MissAsync(server);

        Found(await question);
    }

    [Fact]
    public async Task Silence_is_a_timeout_after_all_rounds()
    {
        await using var server = new WireDnsServer(_ => null);

        var question = Dns(server).TxtAsync(Example, Ct);
        for (var i = 0; i < 3; i++)
            await MissAsync(server);

        Assert.Equal(DnsFailure.Timeout, Failed(await question).Failure);
        Assert.Equal(3, server.Queries.Count);
    }

    [Fact]
    public async Task Silence_over_TCP_is_no_answer_either()
    {
        await using var server = new WireDnsServer(q => q.IsTcp ? null : q.Reply(truncated: true));
        var question = Dns(server).TxtAsync(Example, Ct);
        for (var i = 0; i < 3; i++)
        {
            await server.Asked.WaitAsync(Ct);
            await MissAsync(server);
        }

        Assert.Equal(DnsFailure.Timeout, Failed(await question).Failure);
    }

    [Fact]
    public async Task The_deadline_of_a_question_ends_it()
    {
        var clock = new FakeTimeProvider();
        await using var server = new WireDnsServer(_ => null);
        var dns = new DnsClientDns(new() { Servers = [server.EndPoint], TryTimeout = TimeSpan.FromMinutes(10) }, clock);
        var question = dns.TxtAsync(Example, Ct);
        await server.Asked.WaitAsync(Ct);
        clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(DnsFailure.Timeout, Failed(await question).Failure);
    }

    [Fact]
    public async Task Only_the_callers_cancellation_throws()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = new WireDnsServer(_ => null);
        var question = new DnsClientDns(new() { Servers = [server.EndPoint] }, TimeProvider.System).TxtAsync(
            Example,
            cancel.Token
        );
        await server.Asked.WaitAsync(Ct);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => question);
    }

    [Fact]
    public async Task An_answer_to_another_question_does_not_count()
    {
        await using var server = new WireDnsServer(q => q.Reply([Wire.A("example.org")], question: "example.org"));

        Assert.Equal(
            DnsFailure.Malformed,
            Failed(await Dns(server).AddressesAsync(Example, AddressFamily.InterNetwork, Ct)).Failure
        );
    }

    [Fact]
    public async Task An_answer_with_another_id_does_not_count()
    {
        await using var server = new WireDnsServer(q => q.Reply([Wire.A(q.Name)], id: 0));

        Assert.Equal(
            DnsFailure.Malformed,
            Failed(await Dns(server).AddressesAsync(Example, AddressFamily.InterNetwork, Ct)).Failure
        );
    }

    [Fact]
    public async Task An_echo_is_no_empty_answer()
    {
        await using var server = new WireDnsServer(q => q.Echo);

        Assert.Equal(DnsFailure.Malformed, Failed(await Dns(server).TxtAsync(Example, Ct)).Failure);
    }

    [Fact]
    public async Task A_name_with_broken_punycode_spoils_the_answer_and_nothing_else()
    {
        await using var server = new WireDnsServer(q => q.Reply([Wire.A(q.Name), Wire.A("xn--zzzzzzzzzzz.com")]));

        Assert.Equal(
            DnsFailure.Malformed,
            Failed(await Dns(server).AddressesAsync(Example, AddressFamily.InterNetwork, Ct)).Failure
        );
    }

    [Fact]
    public async Task A_damaged_answer_never_throws()
    {
        byte[] answer = [];
        await using var server = new WireDnsServer(q =>
        {
            var whole = q.Reply(
                [Wire.Cname(q.Name, "a.example.com"), Wire.Txt("a.example.com", "v=STSv1; id=1;"u8.ToArray())],
                [Wire.Soa("example.com")],
                [Wire.Opt(6, "bogus")]
            );
            return [.. whole[..2], .. answer.Length == 0 ? whole[2..] : Damage(whole, answer)];
        });
        var dns = Dns(server);

        await Gen.Select(Gen.Byte.Array[1, 30], Gen.Int[0, 200])
            .SampleAsync(
                async damage =>
                {
                    answer = [.. damage.Item1, (byte)damage.Item2];
                    Assert.NotNull(await dns.TxtAsync(Example, Ct));
                },
                iter: 300,
                threads: 1
            );
    }

    // Overwrites a stretch with the bytes but the last, which says where.
    private static byte[] Damage(byte[] whole, byte[] damage)
    {
        var rest = whole[2..];
        var at = damage[^1] % rest.Length;
        damage[..^1].AsSpan(0, Math.Min(damage.Length - 1, rest.Length - at)).CopyTo(rest.AsSpan(at));
        return damage[0] < 64 ? rest[..at] : rest;
    }
}
