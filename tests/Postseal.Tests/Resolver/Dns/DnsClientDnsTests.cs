using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using Postseal.Protocol;
using Postseal.Resolver.Dns;
using Postseal.Tests.Protocol;
using Xunit;

namespace Postseal.Tests.Resolver.Dns;

/// <summary>What records and denials become, against bytes on loopback.</summary>
public sealed class DnsClientDnsTests : DnsClientDnsTest
{
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
    public async Task Any_domain_name_is_answered_and_only_an_A_label_that_decodes_to_nothing_may_fail()
    {
        await using var server = new WireDnsServer(q => q.Reply([Wire.Txt(q.Name, Encoding.ASCII.GetBytes(q.Name[..1]))]));
        var dns = Dns(server);

        await NameGen.Any.SampleAsync(
            async name =>
            {
                switch (await dns.TxtAsync(name, Ct))
                {
                    case DnsAnswer<string>.Found found:
                        Assert.Equal([name.Value[..1]], found.Records);
                        break;
                    case var other: // DnsClient decodes the names of an answer
                        Assert.Equal(DnsFailure.Malformed, Failed(other).Failure);
                        Assert.Contains("xn--", name.Value, StringComparison.Ordinal);
                        break;
                }
            },
            iter: 300,
            threads: 1
        );
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
}
