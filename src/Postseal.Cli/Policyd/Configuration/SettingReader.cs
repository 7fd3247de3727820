using System.Net;
using Microsoft.Extensions.Logging;
using Postseal.Checks.Setup;
using Postseal.Cli.Policyd.Memory;
using Postseal.Cli.Policyd.Server;
using Postseal.Protocol;

namespace Postseal.Cli.Policyd.Configuration;

/// <summary>Turns the texts that were given into typed values, and collects everything that is wrong with them.</summary>
internal sealed class SettingReader(IReadOnlyDictionary<PolicydSetting, Given> given, List<string> problems)
{
    private const string DefaultStore = "/var/lib/postseal/policies.db";
    private const double MaxTimeoutSeconds = 90; // Postfix waits 100 s for an answer, then the mail is deferred anyway
    private const int MaxPolicies = 10_000_000; // more have not been published, and memory is taken for each
    private const int MaxMegabytes = 1024 * 1024; // more than a mail server has
    private const int MinStoreMegabytes = 16; // some hundred of the largest policies, and the journal
    private const int MaxConnections = 100_000; // each takes a file descriptor

    private readonly GivenValues<PolicydSetting> _values = new(given, problems);

    /// <summary>The options; good only if there is no problem afterwards.</summary>
    public PolicydOptions Read(string? configFile, OverrideTable overrides) =>
        new()
        {
            Listen = Listen(),
            Http = Http(),
            HttpToken = HttpToken(),
            Control = Control(),
            Store = Store(),
            Memory = MemoryBudget.OfMegabytes(
                _values.Number(
                    PolicydSetting.MemoryBudget,
                    MemoryBudget.DefaultMegabytes,
                    MemoryBudget.MinMegabytes,
                    MaxMegabytes
                )
            ),
            StoreMegabytes = _values.Number(PolicydSetting.StoreBudget, 512, MinStoreMegabytes, MaxMegabytes),
            ConfigFile = configFile,
            Lookup = new(
                _values.Servers(PolicydSetting.Dns),
                _values.Trust(PolicydSetting.TrustDnssec),
                _values.ExistingFile(PolicydSetting.CaFile),
                _values.Flag(PolicydSetting.AllowPrivate),
                _values.Number(PolicydSetting.HttpsPort, 443, 1, 65535),
                _values.Number(PolicydSetting.SmtpPort, 25, 1, 65535),
                Timeout: null
            ),
            AnswerTimeout = _values.Seconds(PolicydSetting.Timeout, MaxTimeoutSeconds) ?? TimeSpan.FromSeconds(20),
            TempOn = TempOn(),
            MaxPolicies = _values.Number(PolicydSetting.MaxPolicies, 100_000, 1, MaxPolicies),
            MaxConnections = _values.Number(PolicydSetting.MaxConnections, 2000, 1, MaxConnections),
            LogLevel = _values.One(PolicydSetting.LogLevel, LogLevel.Information, Level, "error, warning, info or debug"),
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
                problems.Add($"{all.Origin} '{PrintableText.Of(text, 120)}' is there twice");
            else
                addresses.Add(address);
        }

        return addresses;
    }

    private IPEndPoint? Http()
    {
        if (_values.Text(PolicydSetting.Http) is not { } text || text is "off")
            return null;

        if (
            !ListenAddress.TryParse($"inet:{text}", out var address, out _)
            || address is not ListenAddress.Inet { EndPoint: var at }
        )
            return _values.Refuse<IPEndPoint?>(
                PolicydSetting.Http,
                "an address and a port, such as 127.0.0.1:8462, or off",
                text,
                null
            );

        if (!IPAddress.IsLoopback(at.Address) && !_values.Flag(PolicydSetting.HttpPublic))
            _values.Add(
                PolicydSetting.Http,
                $" {at} is not loopback, and the status server asks nobody for a password: "
                    + "use 127.0.0.1, or add http-public if a firewall or proxy guards it"
            );

        return at;
    }

    private AccessToken? HttpToken()
    {
        if (_values.Text(PolicydSetting.HttpTokenFile) is not { Length: > 0 } path)
            return null;

        var (token, problem) = AccessToken.Read(path);
        if (problem is not null)
            _values.Add(PolicydSetting.HttpTokenFile, $" {problem}");
        else if (_values.Text(PolicydSetting.Http) is null or "off")
            _values.Add(
                PolicydSetting.HttpTokenFile,
                " does nothing while http is off: name an address with http, or use the control socket"
            );

        return token;
    }

    private ListenAddress.Unix? Control()
    {
        if (_values.Text(PolicydSetting.Control) is not { } text || text is "off")
            return null;

        // Its mode is not to be chosen: whoever may connect may drop policies.
        return
            !text.Contains(',', StringComparison.Ordinal)
            && ListenAddress.TryParse(text, out var address, out _)
            && address is ListenAddress.Unix unix
            ? unix with
            {
                Mode = ListenAddress.OwnerOnly,
            }
            : _values.Refuse<ListenAddress.Unix?>(
                PolicydSetting.Control,
                "unix: and the absolute path of a socket, such as unix:/run/postseal/control.sock, or off",
                text,
                null
            );
    }

    private string Store()
    {
        var text = _values.Text(PolicydSetting.Store) ?? DefaultStore;
        return text.Length > 0 && !text.Contains('\0')
            ? Path.GetFullPath(text)
            : _values.Refuse(PolicydSetting.Store, "the path of a file", text, DefaultStore);
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
                _values.Refuse(PolicydSetting.TempOn, "dns, fetch, policy, mx or timeout, or none alone", text, 0);
        }

        return causes;
    }

    private DomainName Probe()
    {
        var text = _values.Text(PolicydSetting.DnssecProbe) ?? "org";
        return DomainName.TryParse(text, out var name, out _)
            ? name
            : _values.Refuse(PolicydSetting.DnssecProbe, "a domain name", text, DomainName.Parse("org"));
    }

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
}
