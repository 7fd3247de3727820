using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Postseal.Lab.Certificates;
using Postseal.Lab.Domains;
using Postseal.Lab.Tls;
using Postseal.Lab.Watching;
using Xunit;

namespace Postseal.Tests.Lab;

/// <summary>As in public, where a machine has an address or two for all servers.</summary>
public sealed class LabSharedAddressTests
{
    private static readonly IPAddress Shared = IPAddress.Parse("127.77.0.1");

    private static readonly LabDomain One = AtShared(Domain("one"));

    private static readonly LabDomain Two = AtShared(Domain("two").AddMx2().ReceiverTls(Bad));

    private static readonly LabDomain Postmasters = AtShared(Domain("three"))
        .Receiver(r => r with { Accepts = a => a == "postmaster@three.test" });

    private static TlsFace Bad => new() { Leaf = new() { Issuer = LeafIssuer.Itself } };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_name_asked_for_chooses_the_mail_server()
    {
        await using var lab = await Watched.StartAsync(new(), [One, Two], Ct);
        Assert.Equal("CN=mx1.one.test", await SubjectAsync(lab, "mx1.one.test"));
        Assert.Equal("CN=mx2.two.test", await SubjectAsync(lab, "MX2.Two.Test"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("elsewhere.test")]
    [Trait("rfc", "8461-7.1-3")]
    public async Task Who_names_nobody_gets_a_certificate_all_the_same(string? sni)
    {
        await using var lab = await Watched.StartAsync(new() { FrontName = "mx.front.test" }, [One, Two], Ct);
        Assert.Equal("CN=mx.front.test", await SubjectAsync(lab, sni));
    }

    [Fact]
    public async Task What_was_done_before_the_handshake_is_told_of_the_server_that_was_meant()
    {
        await using (var lab = await Watched.StartAsync(new(), [One, Two], Ct))
        {
            await SubjectAsync(lab, "mx2.two.test");
            await lab.UntilAsync<Observation.Left>(Ct);
            Assert.All(lab.Seen, o => Assert.Equal("mx2.two.test", o.Place));
            Assert.Single(lab.Of<Observation.Connected>());
            Assert.Single(lab.Of<Observation.Greeted>());
            Assert.Equal("mx2.two.test", Assert.Single(lab.Of<Observation.Secured>()).Sni);
        }
    }

    [Fact]
    public async Task A_recipient_tells_who_is_meant_in_clear()
    {
        await using var lab = await Watched.StartAsync(new(), [One, Two], Ct);
        var replies = await SayAsync(
            lab,
            "EHLO test",
            "MAIL FROM:<>",
            "RCPT TO:<token@one.test>",
            "RCPT TO:<token@three.test>",
            "DATA",
            "hello\r\n.",
            "QUIT"
        );
        Assert.Equal(["250", "550", "354", "250"], replies[3..7].Select(r => r![..3]));
        await lab.UntilAsync<Observation.Left>(Ct);
        Assert.Equal("mx1.one.test", Assert.Single(lab.Of<Observation.Delivered>()).Host);
        Assert.Contains(lab.Of<Observation.Connected>(), c => c.Host == "mx1.one.test");
        Assert.Contains(lab.Of<Observation.Greeted>(), c => c.Host == "mx1.one.test");
    }

    [Fact]
    public async Task A_postmaster_without_a_domain_is_that_of_the_server_asked_for_or_of_the_machine()
    {
        string[] message = ["EHLO test", "MAIL FROM:<>", "RCPT TO:<Postmaster>", "DATA", "hello\r\n.", "QUIT"];
        var lab = await Watched.StartAsync(new() { FrontName = "mx.front.test" }, [One, Postmasters], Ct);
        await using (lab)
        {
            var inClear = await SayAsync(lab, message);
            Assert.Equal(["250", "354", "250"], inClear[3..6].Select(r => r![..3]));

            using var tcp = await LabFixture.ConnectAsync(Shared, lab.Internet.SmtpPort, Ct);
            await SmtpDialogue.SayAsync(tcp.GetStream(), ["", "EHLO test", "STARTTLS"], Ct);
            var (tls, _) = await LabFixture.SecureAsync(tcp.GetStream(), "mx1.three.test", Ct);
            await using (tls)
            {
                var secured = await SmtpDialogue.SayAsync(tls, message, Ct);
                Assert.Equal(["250", "354", "250"], secured[2..5].Select(r => r![..3]));
            }
        }
        Assert.Equal(
            [("mx.front.test", "postmaster"), ("mx1.three.test", "postmaster@three.test")],
            lab.Of<Observation.Delivered>().Select(d => (d.Host, d.Recipient))
        );
    }

    [Fact]
    public async Task Which_of_two_servers_of_a_domain_was_meant_is_not_guessed()
    {
        await using var lab = await Watched.StartAsync(new(), [One, Two], Ct);
        await SayAsync(lab, "EHLO test", "MAIL FROM:<>", "RCPT TO:<token@two.test>", "QUIT");
        await lab.UntilAsync<Observation.Left>(Ct);
        Assert.Equal("two.test", Assert.Single(lab.Of<Observation.Addressed>()).Host);
    }

    [Fact]
    public async Task Who_says_nothing_is_told_of_as_such()
    {
        await using var lab = await Watched.StartAsync(new() { FrontName = "mx.front.test" }, [One, Two], Ct);
        await SayAsync(lab, "QUIT");
        await lab.UntilAsync<Observation.Left>(Ct);
        Assert.All(lab.Seen, o => Assert.Equal("mx.front.test", o.Place));
    }

    [Fact]
    public async Task The_name_asked_for_chooses_the_policy_host()
    {
        await using var lab = await Watched.StartAsync(new(), [One, Two], Ct);
        Assert.Contains("mx: mx1.one.test", await PolicyAsync(lab, "mta-sts.one.test"), StringComparison.Ordinal);
        Assert.Contains("mx: mx2.two.test", await PolicyAsync(lab, "mta-sts.two.test"), StringComparison.Ordinal);
        Assert.Equal(["mta-sts.one.test", "mta-sts.two.test"], lab.Of<Observation.Fetched>().Select(f => f.Host));
    }

    [Fact]
    [Trait("rfc", "8461-7.1-2")]
    public async Task A_policy_host_that_is_not_ours_gets_no_certificate()
    {
        await using var lab = await Watched.StartAsync(new(), [One, Two], Ct);
        var refused = await Assert.ThrowsAsync<AuthenticationException>(() => PolicyAsync(lab, "mta-sts.three.test"));
        Assert.Contains("unrecognized name", refused.GetBaseException().Message, StringComparison.Ordinal);
        Assert.Contains("version: STSv1", await PolicyAsync(lab, "mta-sts.one.test"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_from_elsewhere_are_shown_where_there_are_any()
    {
        using var made = SelfSigned("CN=from.elsewhere.test");
        await using var lab = await Watched.StartAsync(
            new() { Certificates = (_, host) => host == "mx1.one.test" ? made : null },
            [One, Two],
            Ct
        );
        Assert.Equal("CN=from.elsewhere.test", await SubjectAsync(lab, "mx1.one.test"));
        Assert.Equal("CN=mx1.two.test", await SubjectAsync(lab, "mx1.two.test"));
    }

    private static LabChain SelfSigned(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UnixEpoch.AddYears(56);
        var leaf = new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSelfSigned(now, now.AddYears(50));
        return new(leaf, leaf, []);
    }

    private static LabDomain Domain(string label) =>
        LabDomain
            .Plain($"{label}.test", "")
            .AddSts()
            .Receiver(r => r with { Accepts = a => a.StartsWith("token@", StringComparison.Ordinal) });

    private static LabDomain AtShared(LabDomain domain) =>
        domain
            .Receiver(r => r with { Address = Shared, Accepts = a => a.StartsWith("token@", StringComparison.Ordinal) })
            .Site(s => s with { Address = Shared });

    private static async Task<List<string?>> SayAsync(Watched lab, params string[] commands)
    {
        using var tcp = await LabFixture.ConnectAsync(Shared, lab.Internet.SmtpPort, Ct);
        return await SmtpDialogue.SayAsync(tcp.GetStream(), ["", .. commands], Ct);
    }

    private static async Task<string> SubjectAsync(Watched lab, string? sni)
    {
        using var tcp = await LabFixture.ConnectAsync(Shared, lab.Internet.SmtpPort, Ct);
        await SmtpDialogue.SayAsync(tcp.GetStream(), ["", "EHLO test", "STARTTLS"], Ct);
        var (tls, sent) = await LabFixture.SecureAsync(tcp.GetStream(), sni, Ct);
        await using (tls)
        {
            await SmtpDialogue.SayAsync(tls, ["QUIT"], Ct);
            return sent[0].Subject;
        }
    }

    private static Task<string> PolicyAsync(Watched lab, string host) =>
        LabFixture.GetAsync(lab.Internet, One.Sites[0] with { Host = host }, "/.well-known/mta-sts.txt", "X-Nothing: 1", Ct);
}
