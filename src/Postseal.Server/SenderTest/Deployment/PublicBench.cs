using System.Net.Sockets;
using Postseal.Lab;
using Postseal.Lab.Certificates;
using Postseal.Lab.Dns;
using Postseal.Lab.Domains;
using Postseal.Server.Configuration;
using Postseal.Server.Hosting;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Tests;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary>The sender test at public addresses: mail servers, policy hosts and, where there is one, the name server.</summary>
internal sealed class PublicBench : IAsyncDisposable
{
    private PublicBench(LabInternet servers, SenderBench bench) => (Servers, Bench) = (servers, bench);

    /// <summary>What listens.</summary>
    public LabInternet Servers { get; }

    /// <summary>The domains.</summary>
    public SenderBench Bench { get; }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="SiteStartException">A certificate is missing, or an address cannot be listened on.</exception>
    public static async Task<PublicBench> StartAsync(
        SenderTestSettings settings,
        TimeProvider clock,
        ILogger log,
        CancellationToken ct
    )
    {
        try
        {
            var folder = CertificateFolder.Open(settings.CertificateFolder, clock, log);
            var bench = Plan(settings, folder);
            var names = Names(settings);
            string[] odd =
            [
                .. Lacking(folder, CertificateFolder.PolicyHosts, names.PolicyHosts),
                .. Lacking(folder, CertificateFolder.MailHosts, names.MailHosts),
            ];
            foreach (var problem in odd)
                DeploymentLog.Odd(log, problem);

            var policyId = PolicyIds.OfDay(clock.GetUtcNow());
            var servers = await LabInternet.StartAsync(
                Options(settings, folder, names, bench, clock),
                [Apex(settings), .. bench.DomainsWith(policyId)],
                ct
            );
            bench.Attach(policyId, servers.Replace, hint: null);
            DeploymentLog.Started(log, settings.Zone, bench.NotOffered.Count);
            return new(servers, bench);
        }
        catch (CertificateFolderException e)
        {
            throw new SiteStartException($"sender-test.certificates: {e.Message}; {ZoneCommand.Hint}", e);
        }
        catch (SocketException e)
        {
            throw new SiteStartException(
                $"the sender test cannot listen on {string.Join(", ", settings.Listen)} (ports {settings.DnsPort}, {settings.HttpsPort}, {settings.SmtpPort}): {e.Message}",
                e
            );
        }
    }

    /// <summary>The domains of a deployment; nothing is started.</summary>
    public static SenderBench Plan(SenderTestSettings settings, CertificateFolder folder) =>
        Plan(settings, folder.HasExpired(ExpiredHost(settings)));

    /// <summary>The names that certificates are needed for.</summary>
    public static Certificates Names(SenderTestSettings settings) =>
        Certificates.Of(Plan(settings, hasExpired: false).Domains, settings.Front);

    /// <summary>The host whose certificate has expired.</summary>
    public static string ExpiredHost(SenderTestSettings settings) => $"mx1.c3.{settings.Zone}";

    /// <summary>The domains of a deployment; nothing is started.</summary>
    /// <param name="hasExpired">Whether there is an expired certificate to show.</param>
    public static SenderBench Plan(SenderTestSettings settings, bool hasExpired) =>
        new(
            settings.Zone,
            settings.HasNameServer ? settings.Places : 0,
            Offer.NotOffered(settings, hasExpired),
            // A certificate that has expired was good once, and to get one its name has to lead here.
            Offer.NotOffered(settings, hasExpired: true).Keys,
            new Placement(settings).Of
        )
        {
            SeesEveryQuestion = settings.HasNameServer,
        };

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Servers.DisposeAsync();

    private static LabOptions Options(
        SenderTestSettings settings,
        CertificateFolder folder,
        Certificates names,
        SenderBench bench,
        TimeProvider clock
    )
    {
        var policyHosts = names.PolicyHosts.ToHashSet(StringComparer.Ordinal);
        return new()
        {
            DnsPort = settings.DnsPort,
            HttpsPort = settings.HttpsPort,
            SmtpPort = settings.SmtpPort,
            Clock = clock,
            Delegation = settings.HasNameServer ? new(settings.NameServer, settings.Listen) : null,
            FrontName = settings.Front,
            Observer = bench.Intake.Observe,
            Certificates = Chain,
        };

        LabChain Chain(Leaf leaf, string host) =>
            Certificates.KindOf(leaf) switch
            {
                CertificateKind.Untrusted => folder.Untrusted(host),
                CertificateKind.Expired => folder.Find(CertificateFolder.Expired),
                CertificateKind.Good when policyHosts.Contains(host) => folder.Find(CertificateFolder.PolicyHosts),
                _ => folder.Find(CertificateFolder.MailHosts),
            } ?? folder.Untrusted(host);
    }

    // The names that the zone itself has.
    private static LabDomain Apex(SenderTestSettings settings)
    {
        var addresses = new Placement(settings).Common.ToArray();
        return new LabDomain(settings.Zone, "").Add([
            .. addresses.Select(a => new ZoneRecord.Address("ns", a)),
            .. addresses.Select(a => new ZoneRecord.Address("mx", a)),
        ]);
    }

    private static IEnumerable<string> Lacking(CertificateFolder folder, string file, IReadOnlyList<string> names)
    {
        if (folder.Find(file)?.Leaf is not { } leaf)
        {
            yield return $"{file}.pem is not there yet: until it is, these servers show a certificate that nobody trusts; {ZoneCommand.Hint}";
            yield break;
        }

        string[] lacking = [.. names.Where(n => !leaf.MatchesHostname(n, allowWildcards: true, allowCommonName: false))];
        if (lacking.Length > 0)
            yield return $"{file}.pem lacks {lacking.Length} of {names.Count} names, such as {lacking[0]}: cases will not show what they should; {ZoneCommand.Hint}";
    }
}
