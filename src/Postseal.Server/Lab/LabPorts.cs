using System.CommandLine;
using Postseal.Lab;

namespace Postseal.Server.Lab;

/// <summary>The options of a command that starts a lab: where its servers listen.</summary>
internal sealed class LabPorts
{
    private readonly Option<int> _dns = Port("--dns-port", "DNS");
    private readonly Option<int> _https = Port("--https-port", "policy hosts");
    private readonly Option<int> _smtp = Port("--smtp-port", "mail servers");

    public void AddTo(Command command)
    {
        command.Options.Add(_dns);
        command.Options.Add(_https);
        command.Options.Add(_smtp);
    }

    public LabOptions Of(ParseResult parsed) =>
        new()
        {
            DnsPort = parsed.GetValue(_dns),
            HttpsPort = parsed.GetValue(_https),
            SmtpPort = parsed.GetValue(_smtp),
        };

    private static Option<int> Port(string name, string whose) =>
        new Option<int>(name) { Description = $"Port of the {whose}; any free one by default.", HelpName = "PORT" }.Checked();
}
