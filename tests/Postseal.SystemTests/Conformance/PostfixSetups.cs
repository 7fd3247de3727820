using Postseal.SystemTests.Cli;
using Postseal.SystemTests.Sending;

namespace Postseal.SystemTests.Conformance;

/// <summary>Postfix with and without a policy server in front of it.</summary>
public static class PostfixSetups
{
    private const string OpenTls = "smtp_tls_security_level = may\nsmtp_dns_support_level = dnssec";

    // As docs/guide/postfix.md has it.
    private const string Dane = """
        smtp_tls_security_level = dane
        smtp_dns_support_level = dnssec
        smtp_tls_dane_insecure_mx_policy = may
        """;

    private const string Policyd = """
        @POLICYD@ --listen inet:127.0.0.1:8461 --store "$FOLDER/policies.db" --trust-dnssec yes --log-level debug & helper=$!
        """;

    // Debian's default is SQLite under /var; one process and one run need no file. Its four seconds for a policy are too few for a busy machine.
    private const string ResolverConfiguration =
        "host: 127.0.0.1\nport: 8461\nreuse_port: true\ncache:\n  type: internal\n"
        + "default_zone:\n  strict_testing: false\n  timeout: 30\n";

    private const string Resolver = """
        SSL_CERT_FILE="$POSTSEAL_CA_FILE" mta-sts-daemon -c "$FOLDER/conf/mta-sts-daemon.yml" & helper=$!
        """;

    /// <summary>Debian 12's, as a package leaves it: TLS where it is offered.</summary>
    public static SenderSetup Alone { get; } = Postfix("Postfix", null, OpenTls, "");

    /// <summary>The same with DANE switched on.</summary>
    public static SenderSetup WithDane { get; } = Postfix("Postfix, DANE", null, Dane, "");

    /// <summary>Postfix before 3.10 and our policy server.</summary>
    public static SenderSetup WithPolicyd { get; } =
        Postfix("Postfix + postseal policyd", null, $"{Dane}\n{Map("postfix")}", Policyd);

    /// <summary>Postfix from 3.10.5 on, which keeps to the patterns of a policy by itself, and our policy server.</summary>
    public static SenderSetup NewWithPolicyd { get; } =
        Postfix("Postfix 3.10 + postseal policyd", DebianRoot.Trixie, $"{Dane}\n{Map("postfix-tlsrpt")}", Policyd);

    /// <summary>Postfix and Debian's policy server.</summary>
    public static SenderSetup WithResolver { get; } =
        Postfix("Postfix + postfix-mta-sts-resolver", null, $"{Dane}\n{Map("postfix")}", Resolver) with
        {
            Version = ["sh", "-c", "postconf -dh mail_version; dpkg-query -W -f '${Version}' postfix-mta-sts-resolver"],
        };

    private static string Map(string name) => $"smtp_tls_policy_maps = socketmap:inet:127.0.0.1:8461:{name}";

    private static SenderSetup Postfix(string name, DebianRoot? root, string settings, string helper) =>
        new(
            name,
            root,
            10025,
            [
                ("conf/main.cf", $"{Main}\n{settings}\n"),
                ("conf/master.cf", Master),
                ("conf/mta-sts-daemon.yml", ResolverConfiguration),
            ],
            $"""
            {helper.Replace(
                "@POLICYD@",
                $"{string.Join(' ', PostsealProgram.Command.Select(p => $"'{p}'"))} policyd",
                StringComparison.Ordinal
            )}
            $RUN chown postfix "$DIR/data"
            $RUN postfix -c "$DIR/conf" check
            $RUN "$($RUN postconf -c "$DIR/conf" -hx daemon_directory)/master" -s -c "$DIR/conf" & server=$!
            """,
            ["postconf", "-dh", "mail_version"]
        )
        {
            Before = "mkdir -p \"$FOLDER/queue\" \"$FOLDER/data\"",
        };

    // The MX hosts are at other addresses of 127/8. A message that has failed must not keep the next one to the same domain from being tried.
    private const string Main = """
        compatibility_level = 3.6
        queue_directory = @DIR@/queue
        data_directory = @DIR@/data
        maillog_file = /dev/stdout
        myhostname = sender.test
        inet_interfaces = 127.0.0.1
        inet_protocols = all
        mydestination =
        local_recipient_maps =
        alias_maps =
        mynetworks = 127.0.0.0/8
        smtpd_peername_lookup = no
        smtpd_relay_restrictions = permit_mynetworks, reject
        smtp_host_lookup = dns
        smtp_tls_CAfile = @DIR@/ca.pem
        smtp_tls_loglevel = 1
        dnssec_probe =
        smtp_destination_concurrency_failed_cohort_limit = 1000
        enable_long_queue_ids = yes
        """;

    private const string Master = $"127.0.0.1:10025 inet n - n - - smtpd\n{SendingPostfix.Services}\n";
}
