using System.CommandLine;
using System.Net;
using Postseal.Checks.Setup;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary>How <c>sender-test verify</c> looks things up: the options that <c>postseal check</c> has, with the same environment variables.</summary>
internal sealed class VerifyOptions
{
    private const int MaxTimeoutSeconds = 3600; // an hour for one domain: nobody waits longer

    private readonly Dictionary<Setting, Option> _options = new()
    {
        [Setting.Dns] = new Option<string[]>("--dns")
        {
            Description = "Resolver to ask (repeatable; default: the system's)",
            HelpName = "ADDR[:PORT]",
        },
        [Setting.Trust] = new Option<string?>("--trust-dnssec")
        {
            Description = "Believe the AD bit; auto: only from a loopback resolver or with trust-ad in resolv.conf",
            HelpName = "auto|yes|no",
        },
        [Setting.CaFile] = new Option<string?>("--ca-file")
        {
            Description = "Roots to trust besides the system's",
            HelpName = "PEM",
        },
        [Setting.AllowPrivate] = new Option<bool>("--allow-private")
        {
            Description = "Allow connections to loopback, private, link-local … addresses",
        },
        [Setting.HttpsPort] = new Option<string?>("--https-port")
        {
            Description = "Port of policy hosts, for labs",
            HelpName = "N",
        },
        [Setting.SmtpPort] = new Option<string?>("--smtp-port") { Description = "Port of MX hosts, for labs", HelpName = "N" },
        [Setting.Timeout] = new Option<string?>("--timeout")
        {
            Description = "Each domain's deadline (default: 90)",
            HelpName = "SECONDS",
        },
    };

    private enum Setting
    {
        Dns,
        Trust,
        CaFile,
        AllowPrivate,
        HttpsPort,
        SmtpPort,
        Timeout,
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in _options.Values)
            command.Options.Add(option);
    }

    /// <summary>The settings; what is wrong with them goes to the problems.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="problems">Each with its origin.</param>
    public LookupSettings Read(ParseResult parsed, Func<string, string?> variable, List<string> problems)
    {
        var given = new Dictionary<Setting, Given>();
        foreach (var setting in _options.Keys)
        {
            if ((FromCommandLine(parsed, setting) ?? FromEnvironment(setting, variable)) is { } one)
                given.Add(setting, one);
        }

        var values = new GivenValues<Setting>(given, problems);
        return new(
            values.Servers(Setting.Dns),
            values.Trust(Setting.Trust),
            values.ExistingFile(Setting.CaFile),
            values.Flag(Setting.AllowPrivate),
            values.Number(Setting.HttpsPort, 443, 1, IPEndPoint.MaxPort),
            values.Number(Setting.SmtpPort, 25, 1, IPEndPoint.MaxPort),
            values.Seconds(Setting.Timeout, MaxTimeoutSeconds)
        );
    }

    private Given? FromCommandLine(ParseResult parsed, Setting setting)
    {
        var option = _options[setting];
        return parsed.GetResult(option) is not { Implicit: false } result ? null
            : option is Option<bool> flag ? new(option.Name, [parsed.GetValue(flag) ? "true" : "false"])
            : new(option.Name, [.. result.Tokens.Select(t => t.Value)]);
    }

    private static Given? FromEnvironment(Setting setting, Func<string, string?> variable)
    {
        var (name, kind) = setting switch
        {
            Setting.Dns => ("POSTSEAL_DNS", SettingKind.Texts),
            Setting.CaFile => ("POSTSEAL_CA_FILE", SettingKind.Text),
            Setting.AllowPrivate => ("POSTSEAL_ALLOW_PRIVATE", SettingKind.Flag),
            Setting.HttpsPort => ("POSTSEAL_HTTPS_PORT", SettingKind.Number),
            Setting.SmtpPort => ("POSTSEAL_SMTP_PORT", SettingKind.Number),
            _ => ("", SettingKind.Text),
        };
        return name.Length == 0 ? null : Given.FromEnvironment(kind, name, variable(name));
    }
}
