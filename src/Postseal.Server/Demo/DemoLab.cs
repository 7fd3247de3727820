using System.Globalization;
using Postseal.Lab;
using Postseal.Lab.Domains;
using Postseal.Server.SenderTest.Cases;
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
        var bench = new SenderBench(Zone, LabDomains.All, SenderBench.StandardPlaces, CaseNeeds.Missing(LabInternet.HasIPv6));
        var internet = await LabInternet.StartAsync(
            options with
            {
                Observer = bench.Intake.Observe,
            },
            [.. LabDomains.All, .. bench.Domains],
            ct
        );
        bench.Attach(internet.Replace, Hint(internet, bench));
        return new(internet, bench);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Internet.DisposeAsync();

    // The server under test has to live in the lab. Who has none at hand plays one that knows nothing of policies.
    private static BenchHint Hint(LabInternet internet, SenderBench bench)
    {
        var control = bench.Domains.First(d => d.Name == $"control.{Zone}").Receivers[0];
        return new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The domains are known in its lab only: a server under test asks the name server {internet.DnsEndPoint}, uses port {internet.HttpsPort} for HTTPS and port {internet.SmtpPort} for SMTP, and trusts the CA in {internet.CaFile}. By hand, to the first address:"
            ),
            string.Create(
                CultureInfo.InvariantCulture,
                $"printf 'Subject: test\\r\\n\\r\\nhello\\r\\n' | curl -T - --ssl --insecure --mail-from me@example.com --mail-rcpt {BenchHint.Address} smtp://{control.Address}:{internet.SmtpPort}/me.example"
            )
        );
    }
}
