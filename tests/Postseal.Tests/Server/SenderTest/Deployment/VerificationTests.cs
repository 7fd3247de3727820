using System.Net;
using System.Net.Sockets;
using Postseal.Checks.Setup;
using Postseal.Lab.Certificates;
using Postseal.Lab.Dns;
using Postseal.Lab.Domains;
using Postseal.Lab.Tls;
using Postseal.Resolver.Dns;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Deployment;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Deployment;

public sealed class VerificationTests
{
    private static readonly TlsFace Expired = new() { Leaf = new() { Until = TimeSpan.FromDays(-2) } };
    private static readonly TlsFace Untrusted = new() { Leaf = new() { Issuer = LeafIssuer.UnknownIntermediate } };
    private static readonly TlsFace Both = Untrusted with { Leaf = Untrusted.Leaf with { Until = TimeSpan.FromDays(-2) } };
    private static readonly TlsFace SelfSigned = new() { Leaf = new() { Issuer = LeafIssuer.Itself } };

    private static readonly ZoneRecord Match = new ZoneRecord.TlsaOf("_25._tcp.mx1", 3, 1, 1, "mx1");
    private static readonly Leaf Other = new() { Until = TimeSpan.FromDays(50) };

    /// <summary>A fault by its name: the case, what is changed about its domain, and what is said of it.</summary>
    private static readonly Dictionary<string, (string Id, Func<LabDomain, LabDomain> Change, string Says)> Faults = new()
    {
        ["C2 is trusted"] = ("C2", d => d.ReceiverTls(TlsFace.Good), "should be untrusted, but every sender would trust it"),
        ["C2 has expired, too"] = ("C2", d => d.ReceiverTls(Both), "expired on"),
        ["C0 has expired"] = ("C0", d => d.ReceiverTls(Expired), "expired on"),
        ["C0 is not known to DNS as one with a policy"] = (
            "C0",
            d => d.Without("_mta-sts"),
            "There is no TXT record at _mta-sts.c0."
        ),
        ["C0 has no valid id"] = (
            "C0",
            d => d.Txt("_mta-sts", "v=STSv1; id=1-1;"),
            "is not the one of this case: v=STSv1; id=1-1;"
        ),
        ["C17 has a valid id"] = ("C17", d => d.Txt("_mta-sts", "v=STSv1; id=1;"), "is not the one of this case"),
        ["C0 tests only"] = ("C0", d => d.Policy(Testing(d)), "in testing mode"),
        ["C0 has no policy host"] = ("C0", d => d.Without("mta-sts"), "mta-sts.c0.sender.lab.test has no A record"),
        ["C1 offers STARTTLS"] = ("C1", WithStartTls, "should not offer STARTTLS, but it does"),
        ["C3 is self-signed"] = ("C3", d => d.ReceiverTls(SelfSigned), "is self-signed"),
        ["C3 is of nobody"] = ("C3", d => d.ReceiverTls(Untrusted), "comes from an authority that senders do not trust"),
        ["C4 has its own name"] = ("C4", d => d.ReceiverTls(TlsFace.Good), "should be for another name"),
        ["C5 is of nobody"] = ("C5", d => d.ReceiverTls(Untrusted), "should not be valid yet"),
        ["C6 is covered"] = ("C6", d => d.Enforce($"mx1.{d.Name}"), "should not cover the MX host, but it does"),
        ["C6 has expired, too"] = ("C6", d => d.ReceiverTls(Expired), "expired on"),
        ["C7 the other way round"] = ("C7", d => d.Mx((20, "mx1"), (10, "mx2")), "there are mx2.c7.sender.lab.test, then mx1."),
        ["C11 has nothing to lead to"] = ("C11", d => d.Without("www"), "www.c11.sender.lab.test has no A record"),
        ["C10 has a bad certificate, too"] = (
            "C10",
            d => d.ReceiverTls(Untrusted),
            "comes from an authority that senders do not"
        ),
        ["C10 answers with status 200"] = ("C10", d => d.Site(s => s with { Status = 200 }), "should come with status 404"),
        ["C11 has an expired certificate"] = ("C11", d => d.SiteTls(Expired), "expired on"),
        ["C12 has its own name"] = ("C12", d => d.SiteTls(TlsFace.Good), "policy host's certificate should be for another name"),
        ["C16 has one record"] = ("C16", d => d.Txt("_mta-sts", "v=STSv1; id=20261101T120000;"), "is not the one of this case"),
        ["C17 has no policy"] = ("C17", d => d.Site(s => s with { Status = 404 }), "cannot be had"),
        ["C17 lets everybody through"] = ("C17", d => d.Enforce($"mx1.{d.Name}"), "is not the one of this case"),
        ["C22 is not signed"] = ("C22", d => d with { HasDnssec = false }, "should be signed (DNSSEC), but they are not"),
        ["C22 has no TLSA record"] = ("C22", d => d.Without("_25._tcp.mx1"), "has no usable TLSA record"),
        ["C23 matches"] = ("C23", d => d.Replace("_25._tcp.mx1", Match), "TLSA record should match nothing"),
        ["C2 has DANE"] = ("C2", d => d.Add(Match) with { HasDnssec = true }, "has a TLSA record"),
        ["C24 is modern"] = ("C24", d => d.ReceiverTls(TlsFace.Good), "nothing newer than TLS 1.1, but it does"),
        ["C25 asks for no reports"] = ("C25", d => d.Without("_smtp._tls"), "There is no TXT record at _smtp._tls.c25."),
        ["C25 takes no reports over HTTPS"] = ("C25", d => d.SiteTls(Untrusted), "reports.c25.sender.lab.test"),
        ["C26 has IPv4"] = ("C26", d => d.Add(new ZoneRecord.Address("mx1", d.Address(25))), "over IPv6 only, but it has an A"),
        ["C27 needs no SNI"] = ("C27", d => d.ReceiverTls(TlsFace.Good), "Without SNI its mail server should show another"),
        ["C27 is good without SNI"] = ("C27", d => d.ReceiverTls(new() { LeafWithoutSni = Other }), "is good for it, too"),
        ["the control is in the clear"] = ("control", WithoutStartTls, "does not offer STARTTLS"),
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> FaultNames { get; } = [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(FaultNames))]
    public async Task A_case_that_is_broken_in_another_way_is_found_out(string fault)
    {
        var (id, change, says) = Faults[fault];
        var one = Case(id);
        await using var lab = await CasesFixture.StartAsync([change(one.Stages[0].Domain)], Ct);
        var verified = await VerifyAsync(one, CasesFixture.Settings(lab), null, Ct);
        Assert.Equal(CaseState.Wrong, verified.State);
        var problem = Assert.Single(verified.Problems);
        Assert.Contains(says, problem.Text, StringComparison.Ordinal);
        Assert.NotEmpty(problem.Remedy);
    }

    [Theory]
    [InlineData("C2")]
    [InlineData("C8")]
    [InlineData("C22")]
    public async Task A_self_signed_certificate_is_as_untrusted_as_one_of_an_unknown_authority(string id)
    {
        var one = Case(id);
        await using var lab = await CasesFixture.StartAsync([one.Stages[0].Domain.ReceiverTls(SelfSigned)], Ct);
        Assert.Empty((await VerifyAsync(one, CasesFixture.Settings(lab), null, Ct)).Problems);
    }

    [Fact]
    public async Task The_id_of_a_policy_may_be_of_another_day()
    {
        var one = Case("C0");
        await using var lab = await CasesFixture.StartAsync([one.Stages[0].Domain.Txt("_mta-sts", "v=STSv1; id=yesterday;")], Ct);
        Assert.Empty((await VerifyAsync(one, CasesFixture.Settings(lab), null, Ct)).Problems);
    }

    [Fact]
    public async Task A_domain_that_a_test_has_changed_is_told_as_such()
    {
        var one = Case("C20");
        await using var lab = await CasesFixture.StartAsync([one.Stages[1].Domain], Ct);
        var verified = await VerifyAsync(one, CasesFixture.Settings(lab), null, Ct);
        Assert.Equal(CaseState.Wrong, verified.State);
        Assert.All(verified.Problems, p => Assert.StartsWith("If a test is open,", p.Remedy, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Addresses_lead_to_those_that_were_named_and_to_no_others()
    {
        var one = Case("C0");
        var domain = one.Stages[0].Domain;
        await using var lab = await CasesFixture.StartAsync([domain], Ct);
        IPAddress[] named = [.. domain.Receivers.Select(r => r.Address), .. domain.Sites.Select(s => s.Address)];
        Assert.Empty((await VerifyAsync(one, CasesFixture.Settings(lab), named, Ct)).Problems);
        var problem = Assert.Single((await VerifyAsync(one, CasesFixture.Settings(lab), named[..^1], Ct)).Problems);
        Assert.Contains(
            $"{domain.Sites[^1].Host} leads to {named[^1]}, which is none of",
            problem.Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_domain_that_is_not_there_is_one_problem()
    {
        await using var lab = await CasesFixture.StartAsync([Case("C0").Stages[0].Domain], Ct);
        var verified = await VerifyAsync(Case("C1"), CasesFixture.Settings(lab), null, Ct);
        Assert.Equal(CaseState.Wrong, verified.State);
        Assert.Equal("There is no domain c1.sender.lab.test.", Assert.Single(verified.Problems).Text);
    }

    [Theory]
    [InlineData(DnsFault.ServFail, CaseState.NotKnown)]
    [InlineData(DnsFault.Bogus, CaseState.Wrong)]
    public async Task A_look_up_that_fails_proves_nothing_unless_a_signature_is_wrong(DnsFault fault, CaseState state)
    {
        var one = Case("C22");
        var domain = one.Stages[0].Domain.Replace("_25._tcp.mx1", new ZoneRecord.Fault("_25._tcp.mx1", fault));
        await using var lab = await CasesFixture.StartAsync([domain], Ct);
        // At the port that the record is for: a lab has the others at its own.
        Assert.Equal(state, (await VerifyAsync(one, CasesFixture.Settings(lab), null, Ct)).State);
    }

    [Fact]
    public async Task A_mail_server_that_is_not_reached_proves_nothing()
    {
        var one = Case("C2");
        await using var lab = await CasesFixture.StartAsync([one.Stages[0].Domain], Ct);
        // Taken, so that no other lab listens there, and not listened at.
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(one.Stages[0].Domain.Receivers[0].Address, 0));
        var nobody = CasesFixture.Settings(lab) with { SmtpPort = ((IPEndPoint)closed.LocalEndPoint!).Port };
        var verified = await VerifyAsync(one, nobody, null, Ct);
        Assert.Equal(CaseState.NotKnown, verified.State);
        Assert.Contains("the connection was refused", Assert.Single(verified.Problems).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_resolver_that_is_trusted_nothing_is_known_of_signatures()
    {
        var one = Case("C23");
        await using var lab = await CasesFixture.StartAsync([one.Stages[0].Domain], Ct);
        var verified = await VerifyAsync(one, CasesFixture.Settings(lab) with { Trust = DnssecTrust.No }, null, Ct);
        Assert.Equal(CaseState.NotKnown, verified.State);
        Assert.Contains("not trusted with DNSSEC", Assert.Single(verified.Problems).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_case_that_the_table_does_not_know_is_not_known()
    {
        var one = Case("C0") with { Id = "C99" };
        await using var lab = await CasesFixture.StartAsync([one.Stages[0].Domain], Ct);
        Assert.Equal(CaseState.NotKnown, (await VerifyAsync(one, CasesFixture.Settings(lab), null, Ct)).State);
    }

    private static SenderCase Case(string id) => CasesFixture.Cases.Single(c => c.Id == id);

    private static string Testing(LabDomain domain) =>
        $"version: STSv1\r\nmode: testing\r\nmx: mx1.{domain.Name}\r\nmax_age: 1209600\r\n";

    private static LabDomain WithoutStartTls(LabDomain domain) =>
        domain.Receiver(r => r with { OffersStartTls = false, StartTlsReply = "502 5.5.1 Command not implemented" });

    private static LabDomain WithStartTls(LabDomain domain) =>
        domain.Receiver(r => r with { OffersStartTls = true, StartTlsReply = "220 2.0.0 Ready to start TLS" });

    private static async Task<VerifiedCase> VerifyAsync(
        SenderCase one,
        LookupSettings settings,
        IReadOnlyList<IPAddress>? addresses,
        CancellationToken ct
    )
    {
        var verification = new Verification(CasesFixture.Engine(settings), addresses, TimeProvider.System);
        return await verification.RunAsync([one], ct).SingleAsync(ct);
    }
}
