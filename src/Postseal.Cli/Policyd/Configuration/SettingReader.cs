using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Postseal.Checks.Setup;
using Postseal.Cli.Policyd.Server;
using Postseal.Protocol;
using Postseal.Resolver.Dns;

namespace Postseal.Cli.Policyd.Configuration;

/// <summary>Turns the texts that were given into typed values, and collects everything that is wrong with them.</summary>
internal sealed class SettingReader(IReadOnlyDictionary<PolicydSetting, Given> given, List<string> problems)
{
    private const string DefaultStore = "/var/lib/postseal/policies.db";
    private const double MaxTimeoutSeconds = 90; // Postfix waits 100 s for an answer, then the mail is deferred anyway
    private const int MaxPolicies = 10_000_000; // more have not been published, and memory is taken for each
    private const int MaxConnections = 100_000; // each takes a file descriptor

    /// <summary>The options; good only if there is no problem afterwards.</summary>
    public PolicydOptions Read(string? configFile, OverrideTable overrides) =>
        new()
        {
            Listen = Listen(),
            Http = Http(),
            Store = Store(),
            ConfigFile = configFile,
            Lookup = new(
                Servers(),
                One(PolicydSetting.TrustDnssec, DnssecTrust.Auto, Trust, "auto, yes or no"),
                CaFile(),
                Flag(PolicydSetting.AllowPrivate),
                Number(PolicydSetting.HttpsPort, 443, 65535),
                Number(PolicydSetting.SmtpPort, 25, 65535),
                Timeout: null
            ),
            AnswerTimeout = Timeout(),
            TempOn = TempOn(),
            MaxPolicies = Number(PolicydSetting.MaxPolicies, 100_000, MaxPolicies),
            MaxConnections = Number(PolicydSetting.MaxConnections, 2000, MaxConnections),
            LogLevel = One(PolicydSetting.LogLevel, LogLevel.Information, Level, "error, warning, info or debug"),
            DnssecProbe = Probe(),
            Overrides = overrides,
        };

    private List<ListenAddress> Listen()
    {
        var addresses = new List<ListenAddress>();
        if (!given.TryGetValue(PolicydSetting.Listen, out var all) || all.Texts.Count == 0)
            return [new ListenAddress.Inet(new(IPAddress.Loopback, 8461))];

        foreach (var text in all.Texts)
        {
            if (!ListenAddress.TryParse(text, out var address, out var problem))
                problems.Add($"{all.Origin} {problem}");
            else if (addresses.Contains(address) && address is not ListenAddress.Inet { EndPoint.Port: 0 })
                problems.Add($"{all.Origin} '{Shown(text)}' is there twice");
            else
                addresses.Add(address);
        }

        return addresses;
    }

    private IPEndPoint? Http()
    {
        if (Text(PolicydSetting.Http) is not { } text || text is "off")
            return null;

        if (
            !ListenAddress.TryParse($"inet:{text}", out var address, out _)
            || address is not ListenAddress.Inet { EndPoint: var at }
        )
            return Refuse<IPEndPoint?>(PolicydSetting.Http, "an address and a port, such as 127.0.0.1:8462, or off", text, null);

        if (!IPAddress.IsLoopback(at.Address) && !Flag(PolicydSetting.HttpPublic))
            problems.Add(
                $"{Origin(PolicydSetting.Http)} {at} is not loopback, and the status server asks nobody for a password: "
                    + "use 127.0.0.1, or add http-public if a firewall or proxy guards it"
            );

        return at;
    }

    private string Store()
    {
        var text = Text(PolicydSetting.Store) ?? DefaultStore;
        return text.Length > 0 && !text.Contains('\0')
            ? Path.GetFullPath(text)
            : Refuse(PolicydSetting.Store, "the path of a file", text, DefaultStore);
    }

    private List<IPEndPoint> Servers()
    {
        var servers = new List<IPEndPoint>();
        if (!given.TryGetValue(PolicydSetting.Dns, out var all))
            return servers;

        foreach (var text in all.Texts)
        {
            if (LookupSettings.TryServer(text, out var server))
                servers.Add(server);
            else
                Refuse(PolicydSetting.Dns, "an address with an optional port, such as 127.0.0.1:53 or [::1]:53", text, 0);
        }

        return servers;
    }

    private string? CaFile()
    {
        if (Text(PolicydSetting.CaFile) is not { Length: > 0 } file)
            return null;

        if (!File.Exists(file))
            problems.Add($"{Origin(PolicydSetting.CaFile)}: there is no file '{Shown(file)}'");

        return file;
    }

    private TimeSpan Timeout()
    {
        if (Text(PolicydSetting.Timeout) is not { } text)
            return TimeSpan.FromSeconds(20);

        return
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds is > 0 and <= MaxTimeoutSeconds
            ? TimeSpan.FromSeconds(seconds)
            : Refuse(PolicydSetting.Timeout, $"seconds, more than 0 and at most {MaxTimeoutSeconds}", text, TimeSpan.Zero);
    }

    private HashSet<TempCause> TempOn()
    {
        var causes = new HashSet<TempCause>();
        if (!given.TryGetValue(PolicydSetting.TempOn, out var all) || all.Texts is ["none"])
            return causes;

        foreach (var text in all.Texts)
        {
            if (Cause(text) is { } cause)
                causes.Add(cause);
            else
                Refuse(PolicydSetting.TempOn, "dns, fetch, policy, mx or timeout, or none alone", text, 0);
        }

        return causes;
    }

    private DomainName Probe()
    {
        var text = Text(PolicydSetting.DnssecProbe) ?? "org";
        return DomainName.TryParse(text, out var name, out _)
            ? name
            : Refuse(PolicydSetting.DnssecProbe, "a domain name", text, DomainName.Parse("org"));
    }

    private int Number(PolicydSetting setting, int standard, int max)
    {
        if (Text(setting) is not { } text)
            return standard;

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= max
            ? number
            : Refuse(setting, $"a whole number from 1 to {max}", text, standard);
    }

    private bool Flag(PolicydSetting setting) => Text(setting) == "true";

    private T One<T>(PolicydSetting setting, T standard, Func<string, T?> read, string allowed)
        where T : struct => Text(setting) is not { } text ? standard : read(text) ?? Refuse(setting, allowed, text, standard);

    private static DnssecTrust? Trust(string text) =>
        text switch
        {
            "auto" => DnssecTrust.Auto,
            "yes" => DnssecTrust.Yes,
            "no" => DnssecTrust.No,
            _ => null,
        };

    private static LogLevel? Level(string text) =>
        text switch
        {
            "error" => LogLevel.Error,
            "warning" => LogLevel.Warning,
            "info" => LogLevel.Information,
            "debug" => LogLevel.Debug,
            _ => null,
        };

    private static TempCause? Cause(string text) =>
        text switch
        {
            "dns" => TempCause.Dns,
            "fetch" => TempCause.Fetch,
            "policy" => TempCause.Policy,
            "mx" => TempCause.Mx,
            "timeout" => TempCause.Timeout,
            _ => null,
        };

    private string? Text(PolicydSetting setting) =>
        given.TryGetValue(setting, out var one) && one.Texts.Count > 0 ? one.Texts[0] : null;

    private string Origin(PolicydSetting setting) => given[setting].Origin;

    private T Refuse<T>(PolicydSetting setting, string allowed, string text, T instead)
    {
        problems.Add($"{Origin(setting)} takes {allowed}, not '{Shown(text)}'");
        return instead;
    }

    private static string Shown(string text) => PrintableText.Of(text, 120);
}
