using System.Globalization;
using Postseal.Lab;
using Postseal.Lab.Domains;
using Postseal.Server.SenderTest.Tests;

namespace Postseal.Server.Demo;

/// <summary>The lab of the demo: a domain for each finding, and the domains of the sender test.</summary>
internal sealed class DemoLab : IAsyncDisposable
{
    private const string Zone = "sender.lab.test";

    private DemoLab(LabInternet internet, SenderBench bench) => (Internet, Bench) = (internet, bench);

    /// <summary>The lab.</summary>
    public LabInternet Internet { get; }

    /// <summary>The domains of the sender test.</summary>
    public SenderBench Bench { get; }

    /// <summary>Starts it.</summary>
    public static async Task<DemoLab> StartAsync(LabOptions options, CancellationToken ct)
    {
        var bench = new SenderBench(
            Zone,
            LabDomains.All,
            SenderBench.StandardPlaces,
            new Dictionary<string, string>(StringComparer.Ordinal)
        );
        var internet = await LabInternet.StartAsync(
            options with
            {
                Observer = bench.Intake.Observe,
            },
            [.. LabDomains.All, .. bench.Domains],
            ct
        );
        bench.Attach(_ => { }, Hints(internet, bench));
        return new(internet, bench);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Internet.DisposeAsync();

    // The mail server under test has to live in the lab. Who has none at hand plays one that knows nothing of policies.
    private static string[] Hints(LabInternet internet, SenderBench bench)
    {
        var control = bench.Domains.First(d => d.Name == $"control.{Zone}");
        var address = control.Receivers[0].Address;
        return
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"# This is a demonstration: mail for {Zone} has to be sent inside its lab, by a server that asks the name server {internet.DnsEndPoint}\n# and uses the ports {internet.HttpsPort} (HTTPS) and {internet.SmtpPort} (SMTP). By hand, to the first address:\nprintf 'Subject: test\\r\\n\\r\\nhello\\r\\n' | curl --ssl --cacert {internet.CaFile} --connect-to ::{address}:{internet.SmtpPort} smtp://mx1.{control.Name}:{internet.SmtpPort}/me.example --mail-from me@example.com --mail-rcpt ADDRESS -T -"
            ),
        ];
    }
}
