using Postseal.Checks.Setup;

namespace Postseal.Server.Configuration;

/// <summary>One setting of the file.</summary>
/// <param name="Section">The table it stands in.</param>
/// <param name="Name">Its key.</param>
/// <param name="Kind">What its value looks like.</param>
/// <param name="Variable">The environment variable that gives it where the file does not, or null.</param>
internal sealed record ServerSetting(string Section, string Name, SettingKind Kind, string? Variable = null)
{
    public static readonly ServerSetting Listen = new("web", "listen", SettingKind.Texts);
    public static readonly ServerSetting PublicUrl = new("web", "public-url", SettingKind.Text);
    public static readonly ServerSetting TrustedProxies = new("web", "trusted-proxies", SettingKind.Texts);
    public static readonly ServerSetting ChecksPerMinute = new("web", "checks-per-minute", SettingKind.Number);
    public static readonly ServerSetting RequestsPerMinute = new("web", "requests-per-minute", SettingKind.Number);
    public static readonly ServerSetting ChecksPerMinuteTotal = new("web", "checks-per-minute-total", SettingKind.Number);
    public static readonly ServerSetting Running = new("web", "running", SettingKind.Number);
    public static readonly ServerSetting Waiting = new("web", "waiting", SettingKind.Number);
    public static readonly ServerSetting KeepMinutes = new("web", "keep-minutes", SettingKind.Number);
    public static readonly ServerSetting ProbeInterval = new("web", "probe-interval-seconds", SettingKind.Seconds);
    public static readonly ServerSetting PrivateListen = new("private", "listen", SettingKind.Text);
    public static readonly ServerSetting TokenFile = new("private", "token-file", SettingKind.Text);
    public static readonly ServerSetting Postgres = new("store", "postgres", SettingKind.Text);
    public static readonly ServerSetting HistoryDays = new("store", "history-days", SettingKind.Number);
    public static readonly ServerSetting HistoryMegabytes = new("store", "history-megabytes", SettingKind.Number);
    public static readonly ServerSetting Dns = new("lookup", "dns", SettingKind.Texts, "POSTSEAL_DNS");
    public static readonly ServerSetting TrustDnssec = new("lookup", "trust-dnssec", SettingKind.Text);
    public static readonly ServerSetting CaFile = new("lookup", "ca-file", SettingKind.Text, "POSTSEAL_CA_FILE");
    public static readonly ServerSetting AllowPrivate = new(
        "lookup",
        "allow-private",
        SettingKind.Flag,
        "POSTSEAL_ALLOW_PRIVATE"
    );
    public static readonly ServerSetting HttpsPort = new("lookup", "https-port", SettingKind.Number, "POSTSEAL_HTTPS_PORT");
    public static readonly ServerSetting SmtpPort = new("lookup", "smtp-port", SettingKind.Number, "POSTSEAL_SMTP_PORT");
    public static readonly ServerSetting Timeout = new("lookup", "timeout", SettingKind.Seconds);
    public static readonly ServerSetting EhloName = new("lookup", "ehlo-name", SettingKind.Text);
    public static readonly ServerSetting TestZone = new("sender-test", "zone", SettingKind.Text);
    public static readonly ServerSetting TestAddresses = new("sender-test", "addresses", SettingKind.Texts);
    public static readonly ServerSetting TestListen = new("sender-test", "listen", SettingKind.Texts);
    public static readonly ServerSetting TestCertificates = new("sender-test", "certificates", SettingKind.Text);
    public static readonly ServerSetting TestNameServer = new("sender-test", "name-server", SettingKind.Flag);
    public static readonly ServerSetting TestDnssec = new("sender-test", "dnssec", SettingKind.Flag);
    public static readonly ServerSetting TestPlaces = new("sender-test", "places", SettingKind.Number);
    public static readonly ServerSetting TestDnsPort = new("sender-test", "dns-port", SettingKind.Number);
    public static readonly ServerSetting TestHttpsPort = new("sender-test", "https-port", SettingKind.Number);
    public static readonly ServerSetting TestSmtpPort = new("sender-test", "smtp-port", SettingKind.Number);
    public static readonly ServerSetting Level = new("log", "level", SettingKind.Text);
    public static readonly ServerSetting Format = new("log", "format", SettingKind.Text);
    public static readonly ServerSetting Otlp = new("telemetry", "otlp", SettingKind.Text);

    /// <summary>All of them, in the order of the example file.</summary>
    public static readonly IReadOnlyList<ServerSetting> All = Everything();

    /// <summary>The tables of the file.</summary>
    public static readonly IReadOnlyList<string> Sections = [.. All.Select(s => s.Section).Distinct()];

    /// <summary>Tables of roles that a later version will have.</summary>
    public static readonly IReadOnlyList<string> LaterSections = ["publisher", "reports", "monitor"];

    /// <summary>As people speak of it: <c>web.listen</c>.</summary>
    public override string ToString() => $"{Section}.{Name}";

    private static ServerSetting[] Everything() =>
        [
            Listen,
            PublicUrl,
            TrustedProxies,
            ChecksPerMinute,
            RequestsPerMinute,
            ChecksPerMinuteTotal,
            Running,
            Waiting,
            KeepMinutes,
            ProbeInterval,
            PrivateListen,
            TokenFile,
            Postgres,
            HistoryDays,
            HistoryMegabytes,
            Dns,
            TrustDnssec,
            CaFile,
            AllowPrivate,
            HttpsPort,
            SmtpPort,
            Timeout,
            EhloName,
            TestZone,
            TestAddresses,
            TestListen,
            TestCertificates,
            TestNameServer,
            TestDnssec,
            TestPlaces,
            TestDnsPort,
            TestHttpsPort,
            TestSmtpPort,
            Level,
            Format,
            Otlp,
        ];
}
