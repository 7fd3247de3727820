using System.Net;
using System.Security.Cryptography;
using DnsClient;
using DnsClient.Protocol;
using Microsoft.Extensions.Time.Testing;
using Postseal.Lab;
using Postseal.Lab.Dns;
using Postseal.Lab.Domains;
using Xunit;

namespace Postseal.Tests.Lab;

public sealed class LabDnsTests(LabFixture lab) : IClassFixture<LabFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("healthy.lab.test", QueryType.MX, DnsHeaderResponseCode.NoError, 2)]
    [InlineData("HEALTHY.Lab.test", QueryType.MX, DnsHeaderResponseCode.NoError, 2)]
    [InlineData("mx1.healthy.lab.test", QueryType.AAAA, DnsHeaderResponseCode.NoError, 0)]
    [InlineData("_tcp.mx1.healthy.lab.test", QueryType.A, DnsHeaderResponseCode.NoError, 0)]
    [InlineData("gone.healthy.lab.test", QueryType.A, DnsHeaderResponseCode.NotExistentDomain, 0)]
    [InlineData("example.com", QueryType.MX, DnsHeaderResponseCode.NotExistentDomain, 0)]
    [InlineData("_mta-sts.sts-txt-dns-fail.lab.test", QueryType.TXT, DnsHeaderResponseCode.ServerFailure, 0)]
    [InlineData("_25._tcp.mx1.dane-dnssec-bogus.lab.test", QueryType.TLSA, DnsHeaderResponseCode.ServerFailure, 0)]
    [InlineData("_mta-sts.sts-txt-dangling-cname.lab.test", QueryType.TXT, DnsHeaderResponseCode.NotExistentDomain, 1)]
    [InlineData("_mta-sts.sts-txt-cname.lab.test", QueryType.TXT, DnsHeaderResponseCode.NoError, 2)]
    [InlineData("mta-sts.host-ipv6.lab.test", QueryType.AAAA, DnsHeaderResponseCode.NoError, 1)]
    [InlineData("mx-null.lab.test", QueryType.MX, DnsHeaderResponseCode.NoError, 1)]
    public async Task A_name_answers(string name, QueryType type, DnsHeaderResponseCode code, int records)
    {
        var answer = await lab.AskAsync(name, type, Ct);
        Assert.Equal((code, records), (answer.Header.ResponseCode, answer.Answers.Count));
    }

    [Theory]
    [InlineData("healthy.lab.test", true, true)]
    [InlineData("healthy.lab.test", false, false)]
    [InlineData("testing.lab.test", true, false)]
    public async Task The_AD_bit_comes_from_signed_zones_when_asked_for(string name, bool asked, bool secure)
    {
        var answer = await LabFixture.AskAsync(lab.Internet, name, QueryType.MX, asked, Ct);
        Assert.Equal(secure, answer.Header.IsAuthenticData);
    }

    [Fact]
    public async Task The_reverse_name_of_a_mail_server_leads_back()
    {
        var address = lab.Domain("healthy").Receivers[0].Address;
        var pointer = await lab.AskAsync(address.GetArpaName(), QueryType.PTR, Ct);
        Assert.Equal("mx1.healthy.lab.test.", Assert.Single(pointer.Answers.PtrRecords()).PtrDomainName.Value);
        Assert.Equal(
            address,
            Assert.Single((await lab.AskAsync("mx1.healthy.lab.test", QueryType.A, Ct)).Answers.ARecords()).Address
        );
    }

    [Fact]
    public async Task The_serial_of_a_zone_is_the_time()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1795608000));
        await using var own = await LabInternet.StartAsync(new() { Clock = clock }, [new LabDomain("zone.test", "")], Ct);
        var answer = await LabFixture.AskAsync(own, "zone.test", QueryType.SOA, dnssecOk: false, Ct);
        Assert.Equal(1795608000u, Assert.Single(answer.Answers.OfType<SoaRecord>()).Serial);
    }

    [Fact]
    public async Task One_TXT_record_of_40_strings_stays_one_record()
    {
        var record = Assert.Single(
            (await lab.AskAsync("_mta-sts.txt-40-strings.lab.test", QueryType.TXT, Ct)).Answers.TxtRecords()
        );
        Assert.Equal(40, record.EscapedText.Count);
        Assert.StartsWith("v=STSv1; id=20261101T120000;", string.Concat(record.EscapedText), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_TLSA_record_is_of_the_key_presented_at_port_25_and_at_the_real_port()
    {
        var chain = await new SmtpDialogue(lab.Internet).ChainAsync("healthy", "mx1.healthy.lab.test", Ct);
        var digest = Convert.ToHexString(SHA256.HashData(chain[0].PublicKey.ExportSubjectPublicKeyInfo()));
        foreach (var port in new[] { 25, lab.Internet.SmtpPort })
        {
            var answer = await lab.AskAsync($"_{port}._tcp.mx1.healthy.lab.test", QueryType.TLSA, Ct);
            var record = Assert.Single(answer.Answers.OfType<TlsaRecord>());
            Assert.Equal(digest, record.CertificateAssociationDataAsString, ignoreCase: true);
        }
    }

    [Fact]
    public async Task A_large_answer_comes_over_TCP()
    {
        var domain = new LabDomain("large.lab.test", "").Txt(
            "@",
            [.. Enumerable.Range(0, 100).Select(i => $"{i} {new string('x', 200)}")]
        );
        await using var internet = await LabInternet.StartAsync(new LabOptions(), [domain], Ct);
        var answer = await LabFixture.AskAsync(internet, "large.lab.test", QueryType.TXT, true, Ct);
        Assert.Equal(100, answer.Answers.Count);
        Assert.False(answer.Header.ResultTruncated);
    }

    [Fact]
    public async Task A_silent_name_is_silent_until_the_lab_ends_and_no_other_is()
    {
        var domain = new LabDomain("silent.lab.test", "").Add(new ZoneRecord.Fault("@", DnsFault.Silent)).Txt("loud", "hello");
        await using var internet = await LabInternet.StartAsync(new LabOptions(), [domain], Ct);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var silent = LabFixture.AskAsync(internet, "silent.lab.test", QueryType.TXT, true, patience.Token);
        Assert.Single((await LabFixture.AskAsync(internet, "loud.silent.lab.test", QueryType.TXT, true, Ct)).Answers);
        Assert.False(silent.IsCompleted);
        await patience.CancelAsync();
        var ended = await Assert.ThrowsAsync<DnsResponseException>(() => silent); // the client's word for our own giving up
        Assert.IsAssignableFrom<OperationCanceledException>(ended.GetBaseException());
    }
}
