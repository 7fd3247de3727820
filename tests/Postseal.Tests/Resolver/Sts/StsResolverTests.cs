using System.Text;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.PolicyHost;
using Postseal.Resolver.Sts;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Resolver.Sts;

public sealed class StsResolverTests
{
    private const string Policy = "version: STSv1\r\nmode: enforce\r\nmx: mx.example.com\r\nmax_age: 604800\r\n";

    private static readonly StsPolicy Parsed = StsPolicy.TryParse(Encoding.ASCII.GetBytes(Policy), out var policy, out _)
        ? policy
        : throw new FormatException();

    private readonly FakePolicyHost _policyHost = new();

    public StsResolverTests() => _policyHost.Serve("example.com", Policy);

    [Fact]
    [Trait("rfc", "8461-3.2-1")]
    public async Task A_record_and_a_policy_make_a_fresh_policy()
    {
        var evidence = await LookupAsync("_mta-sts.example.com TXT v=STSv1; id=1;");

        var found = Assert.IsType<StsLookup.Found>(evidence.Lookup);
        Assert.Equal((true, Parsed), (found.Fresh, found.Policy));
        Assert.Null(evidence.PolicyError);
    }

    [Theory]
    [Trait("rfc", "8461-3.1-10")]
    [Trait("rfc", "8461-3.1-16")]
    [InlineData("example.com TXT elsewhere")]
    [InlineData("_mta-sts.example.com TXT v=STSv10; id=1;")]
    public async Task Without_a_record_nothing_is_published_and_nothing_fetched(string zone)
    {
        var evidence = await LookupAsync(zone);

        Assert.IsType<StsLookup.NotPublished>(evidence.Lookup);
        Assert.Null(evidence.Fetch);
        Assert.Empty(_policyHost.Fetched);
    }

    [Theory]
    [Trait("rfc", "8461-3.1-16")]
    [InlineData("servfail")]
    [InlineData("timeout")]
    [InlineData("bogus")]
    [InlineData("refused")]
    public async Task A_failing_look_up_is_unknown_and_never_no_record(string failure)
    {
        var evidence = await LookupAsync($"_mta-sts.example.com TXT !{failure}");

        Assert.Equal(new StsLookup.Unusable(LookupStage.Dns, failure), evidence.Lookup);
        Assert.Null(evidence.Selection);
        Assert.Empty(_policyHost.Fetched);
    }

    [Fact]
    [Trait("rfc", "8461-3.1-11")]
    public async Task Two_records_are_no_policy_and_end_discovery()
    {
        var evidence = await LookupAsync(
            """
            _mta-sts.example.com TXT v=STSv1; id=1;
            _mta-sts.example.com TXT v=STSv1; id=;
            """
        );

        Assert.Equal(new StsLookup.Unusable(LookupStage.Record, "multiple-records"), evidence.Lookup);
        Assert.Empty(_policyHost.Fetched);
    }

    [Fact]
    [Trait("rfc", "8461-3.1-12")]
    public async Task An_invalid_record_is_no_policy_and_ends_discovery()
    {
        var evidence = await LookupAsync("_mta-sts.example.com TXT v=STSv1; id=not-alphanumeric;");

        Assert.Equal(LookupStage.Record, Assert.IsType<StsLookup.Unusable>(evidence.Lookup).Stage);
        Assert.Empty(_policyHost.Fetched);
    }

    [Fact]
    [Trait("rfc", "8461-3.1-15")]
    public async Task An_alias_at_the_record_is_followed_and_the_policy_host_stays()
    {
        var evidence = await LookupAsync(
            """
            _mta-sts.example.com CNAME _mta-sts.hoster.test
            _mta-sts.hoster.test TXT   v=STSv1; id=1;
            """
        );

        Assert.Equal(Parsed, Assert.IsType<StsLookup.Found>(evidence.Lookup).Policy);
        Assert.Equal("example.com", Assert.Single(_policyHost.Fetched).Value);
    }

    [Fact]
    [Trait("rfc", "8461-3.3-11")]
    public async Task A_failed_fetch_keeps_its_reason()
    {
        _policyHost.Fail("example.com", FetchFailure.TlsName);
        var evidence = await LookupAsync("_mta-sts.example.com TXT v=STSv1; id=1;");

        Assert.Equal(new StsLookup.Unusable(LookupStage.Fetch, "tls-name"), evidence.Lookup);
    }

    [Fact]
    [Trait("rfc", "8461-3.2-18")]
    public async Task An_invalid_policy_text_is_no_policy_and_keeps_its_error()
    {
        _policyHost.Serve("example.com", "version: STSv1\nmode: ENFORCE\nmx: mx.example.com\nmax_age: 604800\n");
        var evidence = await LookupAsync("_mta-sts.example.com TXT v=STSv1; id=1;");

        Assert.Equal(new StsLookup.Unusable(LookupStage.Policy, evidence.PolicyError!.Code), evidence.Lookup);
    }

    [Fact]
    [Trait("rfc", "8461-3.4-2")]
    public async Task Only_the_domain_itself_is_asked()
    {
        var dns = new FakeDns("_mta-sts.example.com TXT v=STSv1; id=1;");
        await new StsResolver(dns, _policyHost).LookupAsync(
            DomainName.Parse("sub.example.com"),
            each: false,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(["_mta-sts.sub.example.com TXT"], dns.Asked);
    }

    [Fact]
    public async Task A_domain_too_long_for_a_record_publishes_none()
    {
        var domain = DomainName.Parse(string.Join('.', Enumerable.Repeat(new string('a', 61), 4)));
        var evidence = await new StsResolver(new FakeDns(""), _policyHost).LookupAsync(
            domain,
            each: true,
            TestContext.Current.CancellationToken
        );

        Assert.IsType<StsLookup.NotPublished>(evidence.Lookup);
    }

    private Task<StsEvidence> LookupAsync(string zone) =>
        new StsResolver(new FakeDns(zone), _policyHost).LookupAsync(
            DomainName.Parse("example.com"),
            each: true,
            TestContext.Current.CancellationToken
        );
}
