using System.Globalization;
using System.Net;
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
        var policyId = PolicyIds.OfDay(options.Clock.GetUtcNow());
        var internet = await LabInternet.StartAsync(
            options with
            {
                Observer = bench.Intake.Observe,
            },
            [.. LabDomains.All, .. bench.DomainsWith(policyId)],
            ct
        );
        bench.Attach(policyId, internet.Replace, Hint(internet));
        return new(internet, bench);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Internet.DisposeAsync();

    // The server under test has to live in the lab. Who has none at hand plays one that knows nothing of policies.
    private static BenchHint Hint(LabInternet internet) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The domains are known in its lab only: a server under test asks the name server {internet.DnsEndPoint}, uses port {internet.HttpsPort} for HTTPS and port {internet.SmtpPort} for SMTP, and trusts the CA in {internet.CaFile}. Without one, these lines send by hand what a sender would that knows nothing of policies:"
            ),
            address => Command(internet, address)
        );

    private static string Command(LabInternet internet, string address)
    {
        var name = address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..];
        var server = new IPEndPoint(internet.Domains.First(d => d.Name == name).Receivers[0].Address, internet.SmtpPort);
        return $"printf 'Subject: test\\r\\n\\r\\nhello\\r\\n' | curl -sS -T - --ssl --insecure --mail-from me@example.com --mail-rcpt {address} smtp://{server}/me.example";
    }
}
