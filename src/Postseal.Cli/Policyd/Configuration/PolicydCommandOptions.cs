using System.CommandLine;
using Postseal.Checks.Setup;
using Postseal.Cli.Output;

namespace Postseal.Cli.Policyd.Configuration;

/// <summary>The options of <c>postseal policyd</c>, made from the one list of settings that the file has too.</summary>
internal sealed class PolicydCommandOptions
{
    private readonly Dictionary<PolicydSetting, Option> _settings = PolicydSetting.All.ToDictionary(s => s, Declare);

    private readonly Option<string?> _config = new("--config")
    {
        Description = "TOML file with the same names, and with overrides per domain; the command line goes before it",
        HelpName = "FILE",
    };

    private readonly Option<bool> _selfTest = new("--self-test")
    {
        Description = "Check the resolver, Postfix's configuration and the running daemon; say what to change, and end",
    };

    private readonly Option<bool> _json = new("--json") { Description = "With --self-test: machine output on stdout" };

    /// <summary>Adds the options to the verb.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in _settings.Values)
            command.Options.Add(option);

        command.Options.Add(_config);
        command.Options.Add(_selfTest);
        command.Options.Add(_json);
    }

    /// <summary>True when only the self-test is asked for.</summary>
    public bool SelfTest(ParseResult parsed) => parsed.GetValue(_selfTest);

    /// <summary>True when machine output is asked for.</summary>
    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>The file named on the command line, or null.</summary>
    public string? ConfigFile(ParseResult parsed) => parsed.GetValue(_config);

    /// <summary>What the command line gives, and where it is silent the environment.</summary>
    public IReadOnlyDictionary<PolicydSetting, Given> Given(ParseResult parsed, Terminal terminal)
    {
        var all = new Dictionary<PolicydSetting, Given>();
        foreach (var (setting, option) in _settings)
        {
            if (parsed.GetResult(option) is { Implicit: false })
                all.Add(setting, new(option.Name, Texts(parsed, option)));
            else if (FromEnvironment(setting, terminal) is { } given)
                all.Add(setting, given);
        }

        return all;
    }

    private static Option Declare(PolicydSetting setting) =>
        setting.Kind switch
        {
            SettingKind.Flag => new Option<bool>($"--{setting.Name}") { Description = setting.Description },
            SettingKind.Texts => new Option<string[]>($"--{setting.Name}")
            {
                Description = setting.Description,
                HelpName = setting.HelpName,
            },
            _ => new Option<string?>($"--{setting.Name}") { Description = setting.Description, HelpName = setting.HelpName },
        };

    private static string[] Texts(ParseResult parsed, Option option) =>
        option switch
        {
            Option<bool> flag => [parsed.GetValue(flag) ? "true" : "false"],
            Option<string[]> many => parsed.GetValue(many) ?? [],
            Option<string?> one => [parsed.GetValue(one) ?? ""],
            _ => [],
        };

    private static Given? FromEnvironment(PolicydSetting setting, Terminal terminal) =>
        setting.Variable is { } name ? Checks.Setup.Given.FromEnvironment(setting.Kind, name, terminal.Variable(name)) : null;
}
