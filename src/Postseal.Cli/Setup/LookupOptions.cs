using System.CommandLine;
using System.Globalization;
using System.Net;
using Postseal.Checks.Setup;
using Postseal.Cli.Output;
using Postseal.Resolver.Dns;

namespace Postseal.Cli.Setup;

/// <summary>The options common to all verbs that look things up, with their environment variables.</summary>
internal sealed class LookupOptions
{
    private const int MaxTimeoutSeconds = 3600; // an hour: nobody waits longer for an answer on a terminal

    private readonly Option<string[]> _dns = new("--dns")
    {
        Description = "Resolver to ask (repeatable; default: the system's)",
        HelpName = "ADDR[:PORT]",
    };

    private readonly Option<string> _trust = new("--trust-dnssec")
    {
        Description = "Believe the AD bit; auto: only from a loopback resolver or with trust-ad in resolv.conf",
        HelpName = "auto|yes|no",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<string?> _caFile = new("--ca-file")
    {
        Description = "Roots to trust besides the system's",
        HelpName = "PEM",
    };

    private readonly Option<bool> _allowPrivate = new("--allow-private")
    {
        Description = "Allow connections to loopback, private, link-local … addresses",
    };

    private readonly Option<string?> _httpsPort = new("--https-port")
    {
        Description = "Port of policy hosts, for labs",
        HelpName = "N",
    };

    private readonly Option<string?> _smtpPort = new("--smtp-port")
    {
        Description = "Port of MX hosts, for labs",
        HelpName = "N",
    };

    private readonly Option<string?> _timeout = new("--timeout")
    {
        Description = "The whole job's deadline (default: 90)",
        HelpName = "SECONDS",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Machine output on stdout, nothing else there" };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_dns, _trust, _caFile, _allowPrivate, _httpsPort, _smtpPort, _timeout, _json])
            command.Options.Add(option);
    }

    /// <summary>True when machine output is asked for.</summary>
    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>The settings, or all that is wrong with them.</summary>
    public (LookupSettings? Settings, IReadOnlyList<string> Problems) Read(ParseResult parsed, Terminal terminal)
    {
        var problems = new List<string>();
        var servers = Servers(parsed.GetValue(_dns) ?? [], terminal.Variable("POSTSEAL_DNS"), problems);
        var trust = parsed.GetValue(_trust) switch
        {
            "auto" => DnssecTrust.Auto,
            "yes" => DnssecTrust.Yes,
            "no" => DnssecTrust.No,
            var other => Refuse(problems, $"--trust-dnssec takes auto, yes or no, not '{other}'", DnssecTrust.Auto),
        };
        var settings = new LookupSettings(
            servers,
            trust,
            NonEmpty(parsed.GetValue(_caFile)) ?? NonEmpty(terminal.Variable("POSTSEAL_CA_FILE")),
            parsed.GetValue(_allowPrivate) || terminal.Variable("POSTSEAL_ALLOW_PRIVATE") == "1",
            Port(
                "--https-port",
                parsed.GetValue(_httpsPort) ?? NonEmpty(terminal.Variable("POSTSEAL_HTTPS_PORT")),
                443,
                problems
            ),
            Port("--smtp-port", parsed.GetValue(_smtpPort) ?? NonEmpty(terminal.Variable("POSTSEAL_SMTP_PORT")), 25, problems),
            Timeout(parsed.GetValue(_timeout), problems)
        );
        if (settings.CaFile is { } file && !File.Exists(file))
            problems.Add($"--ca-file: there is no file '{file}'");

        return (problems.Count == 0 ? settings : null, problems);
    }

    private static List<IPEndPoint> Servers(string[] given, string? variable, List<string> problems)
    {
        char[] separators = [',', ' '];
        var texts = given.Length > 0 ? given : variable?.Split(separators, StringSplitOptions.RemoveEmptyEntries) ?? [];
        var servers = new List<IPEndPoint>();
        foreach (var text in texts)
        {
            if (LookupSettings.TryServer(text, out var server))
                servers.Add(server);
            else
                problems.Add($"--dns takes an address with an optional port, such as 127.0.0.1:53 or [::1]:53, not '{text}'");
        }

        return servers;
    }

    private static int Port(string name, string? text, int standard, List<string> problems) =>
        text is null ? standard
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535 ? port
        : Refuse(problems, $"{name} takes a port from 1 to 65535, not '{text}'", standard);

    private static TimeSpan? Timeout(string? text, List<string> problems) =>
        text is null ? null
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
        && seconds is > 0 and <= MaxTimeoutSeconds
            ? TimeSpan.FromSeconds(seconds)
        : Refuse(
            problems,
            $"--timeout takes seconds, more than 0 and at most {MaxTimeoutSeconds}, not '{text}'",
            (TimeSpan?)null
        );

    private static T Refuse<T>(List<string> problems, string problem, T instead)
    {
        problems.Add(problem);
        return instead;
    }

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
