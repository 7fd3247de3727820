using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Postseal.Protocol;
using Postseal.Resolver.Dns;
using Xunit;

namespace Postseal.Tests.Resolver.Dns;

/// <summary>DnsClientDns against bytes on loopback.</summary>
public sealed class DnsClientDnsTests
{
    private static readonly DomainName Example = DomainName.Parse("example.com");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("rfc", "6698-4.1-3")]
    [InlineData(true, DnssecTrust.Auto, true)]
    [InlineData(true, DnssecTrust.No, false)]
    [InlineData(false, DnssecTrust.Yes, false)]
    public async Task Secure_is_what_the_resolver_says_and_the_trust_rule_allows(bool ad, DnssecTrust trust, bool secure)
    {
        await using var server = new WireDnsServer(q => q.Reply([Wire.A(q.Name)], ad: ad));
        var found = Found(await Dns(server, trust).AddressesAsync(Example, AddressFamily.InterNetwork, Ct));

        Assert.Equal(secure, found.Secure);
        Assert.Equal([IPAddress.Parse("192.0.2.1")], found.Records);
        var query = Assert.Single(server.Queries);
        Assert.True(query.WantsDnssec);
        Assert.Equal(1232, query.EdnsSize);
    }

    [Fact]
    public async Task Names_are_compared_without_regard_to_case()
    {
        await using var server = new WireDnsServer(q => q.Reply([Wire.A("EXAMPLE.com")], question: "eXample.COM"));

        Found(await Dns(server).AddressesAsync(Example, AddressFamily.InterNetwork, Ct));
    }

    [Fact]
    public async Task International_names_are_found_by_their_A_labels()
    {
        await using var server = new WireDnsServer(q => q.Reply([Wire.Mx(q.Name, 10, "mx.xn--strae-oqa.example")]));
        var found = Found(await Dns(server).MxAsync(DomainName.Parse("xn--bcher-kva.example"), Ct));

        Assert.Equal("mx.xn--strae-oqa.example", Assert.Single(found.Records).Exchange?.Value);
    }

    [Fact]
    public async Task Records_of_other_owners_are_ignored()
    {
        await using var server = new WireDnsServer(q => q.Reply([Wire.A("other.test")], [Wire.Soa("com")]));

        Assert.IsType<DnsAnswer<IPAddress>.Absent>(await Dns(server).AddressesAsync(Example, AddressFamily.InterNetwork, Ct));
    }

    [Theory]
    [Trait("rfc", "8461-3.1-16")]
    [InlineData(3, false)]
    [InlineData(0, true)]
    public async Task Proven_absence_is_an_answer(int rcode, bool nameExists)
    {
        await using var server = new WireDnsServer(q => q.Reply(authority: [Wire.Soa("com")], rcode: rcode, ad: true));

        var absent = Assert.IsType<DnsAnswer<string>.Absent>(await Dns(server).TxtAsync(Example, Ct));
        Assert.Equal((nameExists, true, 0), (absent.NameExists, absent.Secure, absent.Aliases.Count));
    }

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

        Found(await Dns([silent, refusing, good], tryTimeout: 0.5).AddressesAsync(Example, AddressFamily.InterNetwork, Ct));
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

        Found(await Dns(server, tryTimeout: 0.5).AddressesAsync(Example, AddressFamily.InterNetwork, Ct));
    }

    [Fact]
    public async Task Silence_is_a_timeout_after_all_rounds()
    {
        await using var server = new WireDnsServer(_ => null);

        Assert.Equal(DnsFailure.Timeout, Failed(await Dns(server, tryTimeout: 0.2).TxtAsync(Example, Ct)).Failure);
        Assert.Equal(3, server.Queries.Count);
    }

    [Fact]
    public async Task The_deadline_of_a_question_ends_it()
    {
        var clock = new FakeTimeProvider();
        await using var server = new WireDnsServer(_ => null);
        var dns = new DnsClientDns(new() { Servers = [server.EndPoint], TryTimeout = TimeSpan.FromMinutes(10) }, clock);
        var question = dns.TxtAsync(Example, Ct);
        await server.Asked.Task.WaitAsync(Ct);
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
        await server.Asked.Task.WaitAsync(Ct);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => question);
    }

    [Fact]
    public async Task A_truncated_answer_is_fetched_over_TCP()
    {
        await using var server = new WireDnsServer(q =>
            q.IsTcp ? q.Reply([Wire.Txt(q.Name, "whole"u8.ToArray())]) : q.Reply(truncated: true)
        );

        Assert.Equal(["whole"], Found(await Dns(server).TxtAsync(Example, Ct)).Records);
    }

    [Fact]
    [Trait("rfc", "8461-3.1-14")]
    public async Task The_strings_of_a_TXT_record_are_joined_with_nothing_between()
    {
        byte[][] strings =
        [
            .. Enumerable.Range(0, 40).Select(i => Encoding.ASCII.GetBytes(new string((char)('a' + (i % 26)), 255))),
        ];
        await using var server = new WireDnsServer(q =>
            q.IsTcp ? q.Reply([Wire.Txt(q.Name, strings)]) : q.Reply(truncated: true)
        );

        Assert.Equal(
            [string.Concat(strings.Select(Encoding.ASCII.GetString))],
            Found(await Dns(server).TxtAsync(Example, Ct)).Records
        );
    }

    [Fact]
    public async Task Separate_TXT_records_stay_apart()
    {
        await using var server = new WireDnsServer(q =>
            q.Reply([Wire.Txt(q.Name, "one"u8.ToArray()), Wire.Txt(q.Name), Wire.Txt(q.Name, "two"u8.ToArray())])
        );

        Assert.Equal(["one", "", "two"], Found(await Dns(server).TxtAsync(Example, Ct)).Records);
    }

    [Fact]
    [Trait("rfc", "8461-3.1-1")]
    public async Task Every_byte_of_a_TXT_record_arrives_as_one_char()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        await using var server = new WireDnsServer(q =>
            q.Reply([Wire.Txt(q.Name, all[..255], all[255..]), Wire.Txt(q.Name, "\\\"\\\\x"u8.ToArray())])
        );
        await using var utf8 = new WireDnsServer(q => q.Reply([Wire.Txt(q.Name, Encoding.UTF8.GetBytes("grün \\ \"q\" \\200"))]));

        Assert.Equal([Encoding.Latin1.GetString(all), "\\\"\\\\x"], Found(await Dns(server).TxtAsync(Example, Ct)).Records);
        Assert.Equal(
            Encoding.UTF8.GetBytes("grün \\ \"q\" \\200"),
            Encoding.Latin1.GetBytes(Found(await Dns(utf8).TxtAsync(Example, Ct)).Records[0])
        );
    }

    [Theory]
    [Trait("rfc", "7505-3-1")]
    [InlineData(".", ".", null)]
    [InlineData("MX.Example.com", "MX.Example.com", "mx.example.com")]
    [InlineData("192.0.2.1", "192.0.2.1", null)]
    [InlineData("bad name.example.com", "bad name.example.com", null)]
    [InlineData("_mx.example.com", "_mx.example.com", "_mx.example.com")]
    public async Task An_exchange_is_kept_as_text_and_read_as_a_name_where_it_is_one(string exchange, string text, string? name)
    {
        await using var server = new WireDnsServer(q => q.Reply([Wire.Mx(q.Name, 10, exchange)]));
        var mx = Assert.Single(Found(await Dns(server).MxAsync(Example, Ct)).Records);

        Assert.Equal((10, text, name), (mx.Preference, mx.ExchangeText, mx.Exchange?.Value));
        Assert.Equal(text == ".", mx.IsNull);
    }

    [Fact]
    [Trait("rfc", "6698-4.1-2")]
    public async Task TLSA_records_of_unknown_kinds_arrive_unusable()
    {
        await using var server = new WireDnsServer(q =>
            q.Reply([Wire.Record(q.Name, 52, [9, 8, 7, 1]), Wire.Record(q.Name, 52, [3, 1, 1])])
        );
        var records = Found(await Dns(server).TlsaAsync(DomainName.Parse("_25._tcp.mx.example.com"), Ct)).Records;

        Assert.Equal(["9 8 7", "3 1 1"], records.Select(r => $"{r.Usage} {r.Selector} {r.MatchingType}"));
        Assert.All(records, r => Assert.False(r.IsUsable));
    }

    [Fact]
    public async Task Reverse_names_are_found_through_classless_delegation()
    {
        await using var server = new WireDnsServer(q =>
            q.Reply([
                Wire.Cname(q.Name, "1.0/25.2.0.192.in-addr.arpa"),
                Wire.Record("1.0/25.2.0.192.in-addr.arpa", 12, Wire.Name("mx.example.com")),
                Wire.Record("1.0/25.2.0.192.in-addr.arpa", 12, Wire.Name("no host")),
            ])
        );
        var found = Found(await Dns(server).PtrAsync(IPAddress.Parse("192.0.2.1"), Ct));

        Assert.Equal(["mx.example.com"], found.Records.Select(r => r.Value));
        Assert.Equal("1.2.0.192.in-addr.arpa", server.Queries.Single().Name);
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

    private static DnsClientDns Dns(WireDnsServer server, DnssecTrust trust = DnssecTrust.Auto, double tryTimeout = 3) =>
        Dns([server], trust, tryTimeout);

    private static DnsClientDns Dns(WireDnsServer[] servers, DnssecTrust trust = DnssecTrust.Auto, double tryTimeout = 3) =>
        new(
            new()
            {
                Servers = [.. servers.Select(s => s.EndPoint)],
                Trust = trust,
                TryTimeout = TimeSpan.FromSeconds(tryTimeout),
            },
            TimeProvider.System
        );

    private static DnsAnswer<T>.Found Found<T>(DnsAnswer<T> answer) => Assert.IsType<DnsAnswer<T>.Found>(answer);

    private static DnsAnswer<T>.Failed Failed<T>(DnsAnswer<T> answer) => Assert.IsType<DnsAnswer<T>.Failed>(answer);
}
