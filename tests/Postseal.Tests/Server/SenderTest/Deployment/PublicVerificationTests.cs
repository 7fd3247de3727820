using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Postseal.Lab;
using Postseal.Lab.Domains;
using Postseal.Resolver.Dns;
using Postseal.Server.Configuration;
using Postseal.Server.Hosting;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Deployment;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Deployment;

/// <summary>A whole deployment, with shared addresses, a name server and certificates from files, looked at from outside.</summary>
public sealed class PublicVerificationTests : IDisposable
{
    private const string Zone = "test.example";

    private readonly string _folder = Directory.CreateTempSubdirectory("postseal-verify-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deployment_passes_its_own_verification()
    {
        var settings = Settings();
        var roots = WriteCertificates(PublicBench.Names(settings));
        await using var bench = await PublicBench.StartAsync(settings, TimeProvider.System, NullLogger.Instance, Ct);
        var servers = bench.Servers;
        var engine = CasesFixture.Engine(
            new([servers.DnsEndPoint], DnssecTrust.No, roots, AllowPrivate: true, servers.HttpsPort, servers.SmtpPort, null)
        );
        SenderCase[] cases =
        [
            .. CaseCatalogue
                .All(Zone, _ => false, LabDomain.PolicyId, new Placement(settings).Of)
                .Where(c => !bench.Bench.NotOffered.ContainsKey(c.Id) && !c.Changes()),
        ];
        Assert.True(cases.Length > 20, $"{cases.Length} cases are offered");
        var verification = new Verification(engine, settings.Addresses, TimeProvider.System);
        Assert.Empty(
            await verification
                .RunAsync(cases, Ct)
                .SelectMany(c => c.Problems.Select(p => $"{c.Case.Id}: {p.Text}"))
                .ToArrayAsync(Ct)
        );
    }

    [Fact]
    public async Task Without_its_folder_a_deployment_says_who_makes_it()
    {
        var settings = Settings() with { CertificateFolder = Path.Combine(_folder, "none") };
        var e = await Assert.ThrowsAsync<SiteStartException>(() =>
            PublicBench.StartAsync(settings, TimeProvider.System, NullLogger.Instance, Ct)
        );
        Assert.Contains("postseal-server sender-test zone", e.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private SenderTestSettings Settings()
    {
        IPAddress[] addresses =
        [
            IPAddress.Parse("127.77.0.1"),
            IPAddress.Parse("127.77.0.2"),
            IPAddress.Parse("127.77.0.3"),
            .. LabInternet.HasIPv6 ? (IPAddress[])[IPAddress.IPv6Loopback] : [],
        ];
        return new(Zone, addresses, _folder)
        {
            DnsPort = 0,
            HttpsPort = 0,
            SmtpPort = 0,
            Places = 1,
        };
    }

    private string WriteCertificates(Certificates names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Authority of a test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var now = TimeProvider.System.GetUtcNow();
        using var root = request.CreateSelfSigned(now.AddDays(-90), now.AddDays(90));
        Write(CertificateFolder.PolicyHosts, names.PolicyHosts, now.AddDays(60));
        Write(CertificateFolder.MailHosts, names.MailHosts, now.AddDays(60));
        Write(CertificateFolder.Expired, names.MailHosts, now.AddDays(-2));
        var file = Path.Combine(_folder, "roots.crt");
        File.WriteAllText(file, root.ExportCertificatePem());
        return file;

        void Write(string name, IReadOnlyList<string> hosts, DateTimeOffset until)
        {
            using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var leaf = new CertificateRequest($"CN={name}", own, HashAlgorithmName.SHA256);
            var all = new SubjectAlternativeNameBuilder();
            foreach (var host in hosts)
                all.AddDnsName(host);

            leaf.CertificateExtensions.Add(all.Build());
            using var issued = leaf.Create(root, now.AddDays(-30), until, [1, 2, 3, (byte)name.Length]);
            File.WriteAllText(Path.Combine(_folder, $"{name}.pem"), issued.ExportCertificatePem());
            File.WriteAllText(Path.Combine(_folder, $"{name}.key"), own.ExportPkcs8PrivateKeyPem());
        }
    }
}
