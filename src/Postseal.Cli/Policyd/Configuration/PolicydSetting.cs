using Postseal.Checks.Setup;

namespace Postseal.Cli.Policyd.Configuration;

/// <summary>One setting: an option <c>--NAME</c> and the key NAME of the file.</summary>
/// <param name="Name">Without dashes in front.</param>
/// <param name="HelpName">What the value is called in the help; empty for a flag.</param>
/// <param name="Variable">The environment variable that gives it too, or null.</param>
internal sealed record PolicydSetting(string Name, SettingKind Kind, string HelpName, string Description, string? Variable = null)
{
    /// <summary>All of them, in the order of the help.</summary>
    public static readonly IReadOnlyList<PolicydSetting> All =
    [
        new(
            "listen",
            SettingKind.Texts,
            "ADDRESS",
            "Where Postfix asks: inet:HOST:PORT or unix:PATH[,mode=0666][,owner=USER[:GROUP]] (repeatable; default: inet:127.0.0.1:8461)"
        ),
        new("http", SettingKind.Text, "HOST:PORT|off", "Status server: health, metrics, explanations (default: off)"),
        new(
            "http-public",
            SettingKind.Flag,
            "",
            "Let the status server listen on an address that is not loopback; it asks nobody for a password"
        ),
        new(
            "http-token-file",
            SettingKind.Text,
            "PATH",
            "Allow refresh and forget on the status server with the token in this file"
        ),
        new(
            "control",
            SettingKind.Text,
            "unix:PATH|off",
            "Commands refresh and forget, and everything of the status server, on a socket for the daemon's own user and root (default: off)"
        ),
        new("store", SettingKind.Text, "PATH", "Policies survive a restart here (default: /var/lib/postseal/policies.db)"),
        new("dns", SettingKind.Texts, "ADDR[:PORT]", "Resolver to ask (repeatable; default: the system's)", "POSTSEAL_DNS"),
        new(
            "trust-dnssec",
            SettingKind.Text,
            "auto|yes|no",
            "Believe the AD bit; auto: only from a loopback resolver or with trust-ad in resolv.conf"
        ),
        new("ca-file", SettingKind.Text, "PEM", "Roots to trust besides the system's", "POSTSEAL_CA_FILE"),
        new(
            "allow-private",
            SettingKind.Flag,
            "",
            "Allow policy hosts on loopback, private, link-local … addresses",
            "POSTSEAL_ALLOW_PRIVATE"
        ),
        new("https-port", SettingKind.Number, "N", "Port of policy hosts, for labs", "POSTSEAL_HTTPS_PORT"),
        new("smtp-port", SettingKind.Number, "N", "Port of MX hosts, for labs", "POSTSEAL_SMTP_PORT"),
        new("timeout", SettingKind.Seconds, "SECONDS", "The longest one answer may take (default: 20, at most 90)"),
        new(
            "temp-on",
            SettingKind.Texts,
            "CAUSE",
            "Defer mail when a policy cannot be learned by this cause: dns, fetch, policy, mx, timeout (repeatable; default: none)"
        ),
        new("max-policies", SettingKind.Number, "N", "Policies kept (default: 100000)"),
        new("memory-budget", SettingKind.Number, "MB", "Memory for policies, answers and all else that is kept (default: 256)"),
        new(
            "store-budget",
            SettingKind.Number,
            "MB",
            "Disk for the policy store; then the policies go that were asked for longest ago (default: 512)"
        ),
        new("max-connections", SettingKind.Number, "N", "Connections served at a time (default: 2000)"),
        new("log-level", SettingKind.Text, "error|warning|info|debug", "What is logged (default: info)"),
        new(
            "dnssec-probe",
            SettingKind.Text,
            "NAME",
            "Signed name whose MX question tells whether the resolver validates (default: org)"
        ),
    ];

    public static PolicydSetting Listen => Named("listen");

    public static PolicydSetting Http => Named("http");

    public static PolicydSetting HttpPublic => Named("http-public");

    public static PolicydSetting HttpTokenFile => Named("http-token-file");

    public static PolicydSetting Control => Named("control");

    public static PolicydSetting MemoryBudget => Named("memory-budget");

    public static PolicydSetting StoreBudget => Named("store-budget");

    public static PolicydSetting Store => Named("store");

    public static PolicydSetting Dns => Named("dns");

    public static PolicydSetting TrustDnssec => Named("trust-dnssec");

    public static PolicydSetting CaFile => Named("ca-file");

    public static PolicydSetting AllowPrivate => Named("allow-private");

    public static PolicydSetting HttpsPort => Named("https-port");

    public static PolicydSetting SmtpPort => Named("smtp-port");

    public static PolicydSetting Timeout => Named("timeout");

    public static PolicydSetting TempOn => Named("temp-on");

    public static PolicydSetting MaxPolicies => Named("max-policies");

    public static PolicydSetting MaxConnections => Named("max-connections");

    public static PolicydSetting LogLevel => Named("log-level");

    public static PolicydSetting DnssecProbe => Named("dnssec-probe");

    private static PolicydSetting Named(string name) => All.Single(s => s.Name == name);
}
