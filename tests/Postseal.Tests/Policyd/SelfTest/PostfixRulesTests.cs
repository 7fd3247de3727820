using System.Net;
using Postseal.Cli.Policyd.SelfTest;
using Postseal.Cli.Policyd.Server;
using Xunit;

namespace Postseal.Tests.Policyd.SelfTest;

/// <summary>Postfix's configuration against ours, one line per case. <c>+</c> ok, <c>i</c> note, <c>!</c> change, <c>?</c> unknown.</summary>
public sealed class PostfixRulesTests
{
    private const string Map = "socketmap:inet:127.0.0.1:8461:";
    private const string Good = $"mail_version = 3.10.5\nsmtp_tls_policy_maps = {Map}postfix-tlsrpt\n";
    private const string Old = $"mail_version = 3.7.11\nsmtp_tls_policy_maps = {Map}postfix\n";

    [Theory]
    [InlineData(Good, "+postfix +policy-map +dialect +mx-patterns +ca +level +dnssec +same-resolver")]
    [InlineData(
        Good + "mail_version = 3.12-20260821",
        "+postfix +policy-map +dialect +mx-patterns +ca +level +dnssec +same-resolver"
    )]
    [InlineData(Good + "mail_version = odd", "?postfix +policy-map +ca +level +dnssec +same-resolver")]
    [InlineData(Good + "mail_version = 3.10.4", "+dialect imx-patterns")]
    [InlineData(Good + "mail_version = 3.9.9", "!dialect imx-patterns")]
    [InlineData(Good + "smtp_tls_enforce_sts_mx_patterns = no", "!mx-patterns")]
    [InlineData(Good + $"smtp_tls_policy_maps = {Map}postfix", "!dialect imx-patterns")]
    [InlineData(Good + $"smtp_tls_policy_maps = {Map}QUERYwithTLSRPT", "+dialect +mx-patterns")]
    [InlineData(Old, "+policy-map +dialect imx-patterns !insecure-mx")]
    [InlineData(Old + "mail_version = 3.7.13", "+dialect imx-patterns")]
    [InlineData(Old + "smtp_tls_security_level = may", "+level")]
    [InlineData(Old + "smtp_tls_security_level = may\nsmtp_tls_dane_insecure_mx_policy = dane", "!insecure-mx")]
    [InlineData(Good + "smtp_tls_policy_maps =", "!policy-map")]
    [InlineData(Good + "smtp_tls_policy_maps = hash:/etc/postfix/tls", "!policy-map")]
    [InlineData(Good + "smtp_tls_policy_maps = socketmap:inet:127.0.0.1:8642:QUERY", "!policy-map")]
    [InlineData(Good + $"smtp_tls_policy_maps = hash:/x, {Map}postfix-tlsrpt", "+policy-map +dialect")]
    [InlineData(Good + "smtp_tls_policy_maps = socketmap:inet:localhost:8461:postfix-tlsrpt", "+policy-map +dialect")]
    [InlineData(Good + "smtp_tls_policy_maps = proxy:socketmap:unix:/run/p.sock:postfix-tlsrpt", "+policy-map")]
    [InlineData(Good + "smtp_tls_policy_maps = socketmap:unix:/run/p.sock:postfix-tlsrpt", "+policy-map")]
    [InlineData(Good + "smtp_tls_policy_maps = socketmap:unix:postseal/p.sock:postfix-tlsrpt", "+policy-map")]
    [InlineData(Good + "smtp_tls_policy_maps = socketmap:unix:/run/p\0.sock:postfix-tlsrpt", "!policy-map")] // no file can have that name
    [InlineData(Good + "smtp_tls_security_level =", "!level")]
    [InlineData(Good + "smtp_tls_security_level = none", "!level")]
    [InlineData(Good + "smtp_tls_security_level = encrypt", "ilevel")]
    [InlineData(Good + "smtp_tls_security_level = dane-only", "ilevel")]
    [InlineData(Good + "smtp_dns_support_level =", "!level !dnssec")]
    [InlineData(Good + "smtp_dns_support_level =\nsmtp_tls_security_level = may", "+level !dnssec")]
    public void A_configuration_is_judged(string settings, string expected) => Expect(expected, Facts(settings));

    [Theory]
    [InlineData("socketmap:unix:/run/p.sock:postfix-tlsrpt", "!policy-map")] // outside of the queue directory
    [InlineData("proxy:socketmap:unix:/run/p.sock:postfix-tlsrpt", "+policy-map")]
    [InlineData("socketmap:unix:/postseal/p.sock:postfix-tlsrpt", "+policy-map")]
    [InlineData(Map + "postfix-tlsrpt", "+policy-map")]
    public void A_socket_must_be_within_reach_of_a_chroot(string maps, string expected) =>
        Expect(expected, Facts($"{Good}smtp_tls_policy_maps = {maps}") with { Chroot = true });

    [Fact]
    public void A_chroot_needs_its_own_resolv_conf() =>
        Expect("!same-resolver", Facts(Good) with { Chroot = true, Resolvers = null });

    [Fact]
    public void Another_resolver_matters_only_for_DANE()
    {
        var facts = Facts(Good) with { Resolvers = [IPAddress.Parse("192.0.2.53")] };
        Expect("!same-resolver", facts);
        Expect("isame-resolver", facts, Ours with { GivesDane = false });
    }

    [Fact]
    public void DNSSEC_in_Postfix_matters_only_for_DANE() =>
        Expect(
            "idnssec",
            Facts(Good + "smtp_dns_support_level =\nsmtp_tls_security_level = may"),
            Ours with
            {
                GivesDane = false,
            }
        );

    [Theory]
    [InlineData("Good", "NotSet", "", "+ca")]
    [InlineData("NotSet", "Good", "", "+ca")]
    [InlineData("Missing", "Good", "", "+ca")]
    [InlineData("NotSet", "NotSet", "", "!ca")]
    [InlineData("Missing", "NotSet", "", "!ca")]
    [InlineData("NotSet", "Empty", "", "!ca")]
    [InlineData("NotSet", "Unreadable", "", "?ca")]
    [InlineData("NotSet", "NotSet", "tls_append_default_CA = yes", "ica")]
    public void Without_roots_every_enforced_domain_is_deferred(string file, string path, string settings, string expected) =>
        Expect(expected, Facts(Good + settings) with { CaFile = Enum.Parse<CaPlace>(file), CaPath = Enum.Parse<CaPlace>(path) });

    [Theory]
    [InlineData(Good + "smtp_tls_policy_maps =", "policy-map", $"postconf -e 'smtp_tls_policy_maps = {Map}postfix-tlsrpt'")]
    [InlineData(
        Old + "smtp_tls_policy_maps = hash:/x",
        "policy-map",
        $"postconf -e 'smtp_tls_policy_maps = hash:/x, {Map}postfix'"
    )]
    [InlineData(Good + "mail_version = 3.7.11", "dialect", $"postconf -e 'smtp_tls_policy_maps = {Map}postfix'")]
    [InlineData(Good + "smtp_dns_support_level =", "dnssec", "postconf -e 'smtp_dns_support_level = dnssec'")]
    [InlineData(Good + "smtp_tls_security_level =", "level", "postconf -e 'smtp_tls_security_level = may'")]
    public void A_remedy_is_a_line_to_copy(string settings, string id, string command) =>
        Assert.Equal(command, PostfixRules.Judge(Facts(settings), Ours).Single(f => f.Id == id).Remedy!.Commands[0]);

    [Theory]
    [InlineData("smtp       unix  -       -       y       -       -       smtp", "compatibility_level = 3.6", true)]
    [InlineData("smtp       unix  -       -       n       -       -       smtp", "compatibility_level = 3.6", false)]
    [InlineData("smtp       unix  -       -       -       -       -       smtp", "compatibility_level = 3.6", false)]
    [InlineData("smtp       unix  -       -       -       -       -       smtp", "compatibility_level = 0", true)]
    public void Chroot_is_a_column_of_master_cf(string master, string main, bool chroot) =>
        Assert.Equal(chroot, PostfixTest.Parse(main, master).Chroot);

    [Fact]
    public void What_master_cf_sets_for_smtp_counts()
    {
        var (settings, _) = PostfixTest.Parse(
            "smtp_tls_security_level = may\nmail_version = 3.7.11\n",
            "smtp       unix  -       -       y       -       -       smtp -o smtp_tls_security_level=dane -v"
        );
        Assert.Equal(("dane", "3.7.11"), (settings["smtp_tls_security_level"], settings["mail_version"]));
    }

    private static OurSide Ours { get; } =
        new(
            [
                new ListenAddress.Inet(IPEndPoint.Parse("127.0.0.1:8461")),
                new ListenAddress.Unix("/run/p.sock", ListenAddress.DefaultMode, null, null),
                new ListenAddress.Unix("/var/spool/postfix/postseal/p.sock", ListenAddress.DefaultMode, null, null),
            ],
            [IPAddress.Loopback],
            GivesDane: true
        );

    private static PostfixFacts Facts(string settings) =>
        new()
        {
            Settings = PostfixTest
                .Parse(
                    "queue_directory = /var/spool/postfix\nsmtp_tls_security_level = dane\nsmtp_dns_support_level = dnssec\n"
                        + "smtp_tls_dane_insecure_mx_policy = ${{$smtp_tls_security_level} == {dane} ? {dane} : {may}}\n"
                        + settings,
                    ""
                )
                .Settings,
            CaFile = CaPlace.Good,
            Resolvers = [IPAddress.Loopback],
        };

    private static void Expect(string expected, PostfixFacts facts) => Expect(expected, facts, Ours);

    private static void Expect(string expected, PostfixFacts facts, OurSide ours)
    {
        var findings = PostfixRules.Judge(facts, ours);
        var words = findings.Select(f => $"{Mark(f.Level)}{f.Id}").ToArray();
        Assert.Equal(expected.Split(' '), words.Where(w => expected.Split(' ').Any(e => e[1..] == w[1..])));
        Assert.DoesNotContain(findings, f => f is { Level: SelfTestLevel.Change, Remedy: null });
    }

    private static char Mark(SelfTestLevel level) =>
        level switch
        {
            SelfTestLevel.Ok => '+',
            SelfTestLevel.Note => 'i',
            SelfTestLevel.Change => '!',
            _ => '?',
        };
}
