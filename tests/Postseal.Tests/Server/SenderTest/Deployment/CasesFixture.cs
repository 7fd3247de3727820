using Postseal.Checks.Setup;
using Postseal.Lab;
using Postseal.Lab.Domains;
using Postseal.Resolver.Dns;
using Postseal.Server.SenderTest.Cases;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Deployment;

/// <summary>A lab in which the domain of every case is as it should be.</summary>
public sealed class CasesFixture : IAsyncLifetime
{
    public const string Zone = "sender.lab.test";

    public static IReadOnlyList<SenderCase> Cases { get; } = CaseCatalogue.All(Zone, _ => false);

    /// <summary>Those that this machine can offer.</summary>
    public static IReadOnlyList<SenderCase> Offered { get; } = [.. Cases.Where(c => c.Id != "C26" || LabInternet.HasIPv6)];

    public LabInternet Internet { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Internet = await StartAsync(Cases.Select(c => c.Stages[0].Domain), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Internet?.DisposeAsync() ?? ValueTask.CompletedTask;

    public static Task<LabInternet> StartAsync(IEnumerable<LabDomain> domains, CancellationToken ct) =>
        LabInternet.StartAsync(new LabOptions(), [.. domains], ct);

    public static LookupSettings Settings(LabInternet lab) =>
        new([lab.DnsEndPoint], DnssecTrust.Yes, lab.CaFile, AllowPrivate: true, lab.HttpsPort, lab.SmtpPort, null);

    public static Engine Engine(LookupSettings settings) =>
        Postseal.Checks.Setup.Engine.Create(settings, TimeProvider.System).Engine!;
}
