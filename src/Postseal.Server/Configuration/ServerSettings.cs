using System.Net;
using Postseal.Checks.Setup;
using Postseal.Protocol;
using Postseal.Resolver.Roots;

namespace Postseal.Server.Configuration;

/// <summary>Turns what was given into the configuration, and collects everything that is wrong with it.</summary>
internal sealed class ServerSettings(
    IReadOnlyDictionary<ServerSetting, Given> given,
    List<string> problems,
    List<string> warnings
)
{
    private const int MaxPerMinute = 1_000_000; // beyond it is no limit, and the figure a mistake
    private const int MaxRunning = 1000; // each has about a dozen connections open
    private const int MaxWaiting = 100_000; // each takes a few kilobytes
    private const int MaxKeepMinutes = 24 * 60; // a result that is older misleads
    private const double MaxProbeSeconds = 60; // a check of many hosts on one address would never end
    private const double MaxCheckSeconds = 300; // nobody waits longer
    private const int MinToken = 16; // characters; 64 bits if they are hexadecimal
    private const int MaxTokenBytes = 4096;

    private readonly GivenValues<ServerSetting> _values = new(given, problems);

    /// <summary>The configuration; good only if there is no problem afterwards.</summary>
    public ServerConfiguration Read(string? data)
    {
        var (web, folder) = (Web(), data is null ? ServerConfiguration.StandardData : Data(data));
        var own = Private(web);
        return new()
        {
            SenderTest = new SenderTestTable(given, problems).Read(folder, [.. web.Listen, own.Listen]),
            Web = web,
            Private = own,
            Store = new StoreTable(_values).Read(),
            Lookup = Lookup(),
            Log = Log(),
            Otlp = Url(ServerSetting.Otlp, "the address of a collector, such as http://127.0.0.1:4317"),
            DataDirectory = folder,
        };
    }

    private WebSettings Web()
    {
        var standard = new WebSettings();
        var web = standard with
        {
            Listen = Listen(standard.Listen),
            PublicUrl = Url(ServerSetting.PublicUrl, "the address of the site without path, such as https://check.example"),
            TrustedProxies = Proxies(),
            ChecksPerMinute = PerMinute(ServerSetting.ChecksPerMinute, standard.ChecksPerMinute),
            RequestsPerMinute = PerMinute(ServerSetting.RequestsPerMinute, standard.RequestsPerMinute),
            ChecksPerMinuteTotal = PerMinute(ServerSetting.ChecksPerMinuteTotal, standard.ChecksPerMinuteTotal),
            Running = _values.Number(ServerSetting.Running, standard.Running, 1, MaxRunning),
            Waiting = _values.Number(ServerSetting.Waiting, standard.Waiting, 0, MaxWaiting),
            Keep = TimeSpan.FromMinutes(_values.Number(ServerSetting.KeepMinutes, 5, 1, MaxKeepMinutes)),
            ProbeInterval = _values.Seconds(ServerSetting.ProbeInterval, MaxProbeSeconds) ?? standard.ProbeInterval,
        };
        if (web.PublicUrl?.Scheme == Uri.UriSchemeHttps && web.TrustedProxies.Count == 0)
            warnings.Add(
                "web.public-url is https, so a proxy stands in front, but web.trusted-proxies names none: all its clients share one limit"
            );

        return web;
    }

    private int PerMinute(ServerSetting setting, int standard) => _values.Number(setting, standard, 1, MaxPerMinute);

    private IReadOnlyList<IPEndPoint> Listen(IReadOnlyList<IPEndPoint> standard)
    {
        if (_values.Texts(ServerSetting.Listen) is not { } texts)
            return standard;

        if (texts.Count == 0)
            _values.Add(ServerSetting.Listen, " names no address; leave it out for 127.0.0.1:8080");

        var addresses = new List<IPEndPoint>();
        foreach (var text in texts)
        {
            if (EndPoint(ServerSetting.Listen, text) is not { } address)
                continue;

            if (address.Port != 0 && addresses.Contains(address))
                _values.Add(ServerSetting.Listen, $" has '{address}' twice");
            else
                addresses.Add(address);
        }

        return addresses;
    }

    private IPEndPoint? EndPoint(ServerSetting setting, string text)
    {
        var (address, problem) = EndPointText.Parse(text, "an address has a port, such as 127.0.0.1:8080");
        if (problem is not null)
            _values.Add(setting, $" '{PrintableText.Of(text, 120)}': {problem}");

        return address;
    }

    private List<IPNetwork> Proxies()
    {
        const string allowed = "addresses and networks, such as 127.0.0.1 or 10.0.0.0/8";
        var networks = new List<IPNetwork>();
        foreach (var text in _values.Texts(ServerSetting.TrustedProxies) ?? [])
        {
            if (IPAddress.TryParse(text, out var one) && one.ToString() == text)
                networks.Add(new(one, text.Contains(':') ? 128 : 32));
            else if (
                !IPNetwork.TryParse(text, out var network)
                || !text.StartsWith($"{network.BaseAddress}/", StringComparison.Ordinal)
            )
                _values.Refuse(ServerSetting.TrustedProxies, allowed, text, 0);
            else if (network.PrefixLength == 0)
                _values.Add(
                    ServerSetting.TrustedProxies,
                    $" '{text}' would let everybody choose the address they are limited by"
                );
            else
                networks.Add(network);
        }

        return networks;
    }

    private PrivateSettings Private(WebSettings web)
    {
        var settings = new PrivateSettings { Token = Token() };
        if (_values.Text(ServerSetting.PrivateListen) is not { } text)
            return settings;

        if (EndPoint(ServerSetting.PrivateListen, text) is not { } address)
            return settings;

        if (!IPAddress.IsLoopback(address.Address) && !given.ContainsKey(ServerSetting.TokenFile))
            _values.Add(
                ServerSetting.PrivateListen,
                $" {address} is not loopback: name a token-file, so that metrics are not for everybody, or use 127.0.0.1"
            );

        if (address.Port != 0 && web.Listen.Contains(address))
            _values.Add(ServerSetting.PrivateListen, $" {address} is what web.listen has already");

        return settings with
        {
            Listen = address,
        };
    }

    private Secret? Token()
    {
        if (_values.Text(ServerSetting.TokenFile) is not { } path)
            return null;

        var (bytes, problem) = SmallFile.Read(path, MaxTokenBytes);
        var token = System.Text.Encoding.ASCII.GetString(bytes ?? []).Trim();
        if (problem is not null)
            _values.Add(ServerSetting.TokenFile, $": {problem}");
        else if (token.Length < MinToken || token.Any(c => c is <= ' ' or > '~'))
            _values.Add(
                ServerSetting.TokenFile,
                $": a token is one word of {MinToken} or more ASCII characters, such as \"openssl rand -hex 32\" gives"
            );

        return new(token);
    }

    private LookupSettings Lookup()
    {
        var allowPrivate = _values.Flag(ServerSetting.AllowPrivate);
        if (allowPrivate && given[ServerSetting.AllowPrivate].Origin != ServerSetting.AllowPrivate.Variable)
            warnings.Add("lookup.allow-private is true: anybody can have this server connect to addresses inside its network");

        return new(
            _values.Servers(ServerSetting.Dns),
            _values.Trust(ServerSetting.TrustDnssec),
            CaFile(),
            allowPrivate,
            _values.Number(ServerSetting.HttpsPort, 443, 1, 65535),
            _values.Number(ServerSetting.SmtpPort, 25, 1, 65535),
            _values.Seconds(ServerSetting.Timeout, MaxCheckSeconds)
        )
        {
            EhloName = Ehlo(),
        };
    }

    private string? CaFile()
    {
        if (_values.ExistingFile(ServerSetting.CaFile) is not { } file || !File.Exists(file))
            return null;

        try
        {
            TrustRoots.Load(file);
        }
        catch (TrustRootsException e)
        {
            _values.Add(ServerSetting.CaFile, $": {PrintableText.Of(e.Message, 300)}");
        }

        return file;
    }

    private string? Ehlo()
    {
        if (_values.Text(ServerSetting.EhloName) is not { } text)
            return null;

        return DomainName.TryParse(text, out var name, out _)
            ? name.Value
            : _values.Refuse<string?>(ServerSetting.EhloName, "the name of this host in DNS", text, null);
    }

    private LogSettings Log() =>
        new()
        {
            Level = _values.One<LogLevel>(
                ServerSetting.Level,
                LogLevel.Information,
                text =>
                    text switch
                    {
                        "error" => LogLevel.Error,
                        "warning" => LogLevel.Warning,
                        "info" => LogLevel.Information,
                        "debug" => LogLevel.Debug,
                        _ => null,
                    },
                "error, warning, info or debug"
            ),
            IsJson = _values.One<bool>(
                ServerSetting.Format,
                false,
                text => text is "json" or "text" ? text == "json" : null,
                "text or json"
            ),
        };

    private Uri? Url(ServerSetting setting, string allowed)
    {
        if (_values.Text(setting) is not { } text)
            return null;

        return
            Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https"
            && url is { Host.Length: > 0, AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" }
            ? url
            : _values.Refuse<Uri?>(setting, allowed, text.Contains('@') ? "…" : text, null); // what stands before an @ may be a password
    }

    private string Data(string path)
    {
        if (path.Length > 0 && !path.Contains('\0'))
            return Path.GetFullPath(path);

        problems.Add("--data takes the path of a folder");
        return ServerConfiguration.StandardData;
    }
}
