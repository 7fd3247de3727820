namespace Postseal.Cli.Policyd.Configuration;

/// <summary>One setting: an option <c>--NAME</c> and the key NAME of the file.</summary>
/// <param name="Name">Without dashes in front.</param>
/// <param name="HelpName">What the value is called in the help; empty for a flag.</param>
/// <param name="Variable">The environment variable that gives it too, or null.</param>
internal sealed record PolicydSetting(string Name, SettingKind Kind, string HelpName, string Description, string? Variable = null)
{
    public static readonly PolicydSetting Listen = new(
        "listen",
        SettingKind.Texts,
        "ADDRESS",
        "Where Postfix asks: inet:HOST:PORT or unix:PATH[,mode=0666][,owner=USER[:GROUP]] (repeatable; default: inet:127.0.0.1:8461)"
    );

    public static readonly PolicydSetting Http = new(
        "http",
        SettingKind.Text,
        "HOST:PORT|off",
        "Status server: health, metrics, explanations (default: off)"
    );

    public static readonly PolicydSetting HttpPublic = new(
        "http-public",
        SettingKind.Flag,
        "",
        "Let the status server listen on an address that is not loopback; it asks nobody for a password"
    );

    public static readonly PolicydSetting Store = new(
        "store",
        SettingKind.Text,
        "PATH",
        "Policies survive a restart here (default: /var/lib/postseal/policies.db)"
    );

    public static readonly PolicydSetting Dns = new(
        "dns",
        SettingKind.Texts,
        "ADDR[:PORT]",
        "Resolver to ask (repeatable; default: the system's)",
        "POSTSEAL_DNS"
    );

    public static readonly PolicydSetting TrustDnssec = new(
        "trust-dnssec",
        SettingKind.Text,
        "auto|yes|no",
        "Believe the AD bit; auto: only from a loopback resolver or with trust-ad in resolv.conf"
    );

    public static readonly PolicydSetting CaFile = new(
        "ca-file",
        SettingKind.Text,
        "PEM",
        "Roots to trust besides the system's",
        "POSTSEAL_CA_FILE"
    );

    public static readonly PolicydSetting AllowPrivate = new(
        "allow-private",
        SettingKind.Flag,
        "",
        "Allow policy hosts on loopback, private, link-local … addresses",
        "POSTSEAL_ALLOW_PRIVATE"
    );

    public static readonly PolicydSetting HttpsPort = new(
        "https-port",
        SettingKind.Number,
        "N",
        "Port of policy hosts, for labs",
        "POSTSEAL_HTTPS_PORT"
    );

    public static readonly PolicydSetting SmtpPort = new(
        "smtp-port",
        SettingKind.Number,
        "N",
        "Port of MX hosts, for labs",
        "POSTSEAL_SMTP_PORT"
    );

    public static readonly PolicydSetting Timeout = new(
        "timeout",
        SettingKind.Seconds,
        "SECONDS",
        "The longest one answer may take (default: 20, at most 90)"
    );

    public static readonly PolicydSetting TempOn = new(
        "temp-on",
        SettingKind.Texts,
        "CAUSE",
        "Defer mail when a policy cannot be learned by this cause: dns, fetch, policy, mx, timeout (repeatable; default: none)"
    );

    public static readonly PolicydSetting MaxPolicies = new(
        "max-policies",
        SettingKind.Number,
        "N",
        "Policies kept (default: 100000)"
    );

    public static readonly PolicydSetting MaxConnections = new(
        "max-connections",
        SettingKind.Number,
        "N",
        "Connections served at a time (default: 2000)"
    );

    public static readonly PolicydSetting LogLevel = new(
        "log-level",
        SettingKind.Text,
        "error|warning|info|debug",
        "What is logged (default: info)"
    );

    public static readonly PolicydSetting DnssecProbe = new(
        "dnssec-probe",
        SettingKind.Text,
        "NAME",
        "Signed name whose MX question tells whether the resolver validates (default: org)"
    );

    /// <summary>All of them, in the order of the help.</summary>
    public static readonly IReadOnlyList<PolicydSetting> All =
    [
        Listen,
        Http,
        HttpPublic,
        Store,
        Dns,
        TrustDnssec,
        CaFile,
        AllowPrivate,
        HttpsPort,
        SmtpPort,
        Timeout,
        TempOn,
        MaxPolicies,
        MaxConnections,
        LogLevel,
        DnssecProbe,
    ];
}

/// <summary>What a setting's value looks like in the file.</summary>
internal enum SettingKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A string or an array of strings.</summary>
    Texts,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A number, fractions allowed.</summary>
    Seconds,

    /// <summary>true or false.</summary>
    Flag,
}

/// <summary>What somebody gave for a setting.</summary>
/// <param name="Origin">Where it stands, and so how a problem with it begins: <c>--listen</c>, <c>POSTSEAL_DNS</c>, <c>policyd.toml:12: listen</c>.</param>
internal sealed record Given(string Origin, IReadOnlyList<string> Texts);
