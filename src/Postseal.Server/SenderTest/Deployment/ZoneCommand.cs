using System.CommandLine;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Postseal.Protocol;
using Postseal.Server.Configuration;
using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary><c>postseal-server sender-test zone</c>: the zone file of a deployment on standard output; what else is needed on standard error.</summary>
internal sealed class ZoneCommand
{
    /// <summary>What to do where a certificate is missing.</summary>
    public const string Hint = "\"postseal-server sender-test zone\" makes the folder and says which are needed";

    private readonly Option<string?> _config = new("--config")
    {
        Description = $"The configuration, with [sender-test] (default: {ServerReading.StandardFile}).",
        HelpName = "FILE",
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = $"The data folder of the server (default: {ServerConfiguration.StandardData}).",
        HelpName = "DIR",
    };

    private readonly Option<string[]> _ns = new("--ns")
    {
        Description = "A name server of yours for the zone; with one or more the file is a whole zone, SOA and NS included.",
        HelpName = "NAME",
    };

    private readonly TextWriter _output;
    private readonly TextWriter _error;

    private ZoneCommand(TextWriter output, TextWriter error) => (_output, _error) = (output, error);

    /// <summary>The verb.</summary>
    public static Command Create(TextWriter output, TextWriter error)
    {
        var zone = new ZoneCommand(output, error);
        var command = new Command("zone", "The zone file for a public sender test, and which certificates it needs.")
        {
            zone._config,
            zone._data,
            zone._ns,
        };
        command.SetAction((parsed, ct) => zone.RunAsync(parsed, TimeProvider.System, ct));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, TimeProvider clock, CancellationToken ct)
    {
        var reading = ServerReading.Read(parsed.GetValue(_config), parsed.GetValue(_data), Environment.GetEnvironmentVariable);
        if (reading.Configuration is not { } configuration)
            return await ServerApp.FailAsync(_error, reading.Problems, ct);

        if (configuration.SenderTest is not { } settings)
            return await ServerApp.FailAsync(
                _error,
                ["the configuration has no [sender-test]: zone and addresses are needed"],
                ct
            );

        var servers = new List<string>();
        foreach (var text in parsed.GetValue(_ns) ?? [])
        {
            if (!DomainName.TryParse(text, out var name, out _))
                return await ServerApp.FailAsync(_error, [$"--ns: '{PrintableText.Of(text, 100)}' is no name of a server"], ct);

            servers.Add(name.Value);
        }

        try
        {
            Directory.CreateDirectory(settings.CertificateFolder);
            var folder = CertificateFolder.Open(settings.CertificateFolder, clock, NullLogger.Instance);
            var bench = PublicBench.Plan(settings, folder);
            var now = clock.GetUtcNow();
            var file = new ZoneFile(settings, [.. bench.DomainsWith(PolicyIds.Of(now))], folder.OwnKeyDigest, now);
            await _error.WriteAsync(Advice(settings, bench).AsMemory(), ct);
            await _output.WriteAsync(file.Text(servers).AsMemory(), ct);
            return 0;
        }
        catch (Exception e) when (e is CertificateFolderException or IOException or UnauthorizedAccessException)
        {
            return await ServerApp.FailAsync(_error, [$"sender-test.certificates: {e.Message}"], ct);
        }
    }

    private static string Advice(SenderTestSettings settings, Tests.SenderBench bench)
    {
        var names = PublicBench.Names(settings);
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"Certificates of a public authority for {settings.CertificateFolder}, each with its key beside it:\n\n"
        );
        Certificate(text, CertificateFolder.PolicyHosts, names.PolicyHosts);
        Certificate(text, CertificateFolder.MailHosts, names.MailHosts);
        text.Append(CultureInfo.InvariantCulture, $"Ports: TCP {settings.SmtpPort} and {settings.HttpsPort}");
        if (settings.HasNameServer)
            text.Append(CultureInfo.InvariantCulture, $", UDP and TCP {settings.DnsPort}");

        text.Append(
            CultureInfo.InvariantCulture,
            $" at {string.Join(", ", settings.Addresses)}; reverse name of each: {settings.Front}\n"
        );
        if (Environment.IsPrivilegedProcess)
            text.Append(
                CultureInfo.InvariantCulture,
                $"\nYou are root: see that the user of the server may read {settings.CertificateFolder}/own.key.\n"
            );

        if (bench.NotOffered.Count > 0)
        {
            text.Append("\nNot offered:\n");
            foreach (var (id, reason) in bench.NotOffered)
                text.Append(CultureInfo.InvariantCulture, $"  {id, -13}{reason}\n");
        }

        return text.Append('\n').ToString();
    }

    private static void Certificate(StringBuilder text, string file, IReadOnlyList<string> names)
    {
        text.Append(CultureInfo.InvariantCulture, $"  {file}.pem, {names.Count} names:\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"  certbot certonly --standalone --key-type rsa --cert-name {file} -d {string.Join(',', names)}\n\n"
        );
    }
}
