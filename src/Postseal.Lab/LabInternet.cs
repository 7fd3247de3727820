using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Postseal.Lab.Certificates;
using Postseal.Lab.Connections;
using Postseal.Lab.Dns;
using Postseal.Lab.Domains;
using Postseal.Lab.Https;
using Postseal.Lab.Smtp;
using Postseal.Lab.Watching;

namespace Postseal.Lab;

/// <summary>A closed mail Internet on loopback: name server, private CA, policy hosts and mail servers, each domain with its own fault. Needs no root; Linux, for its 127/8.</summary>
public sealed class LabInternet : IAsyncDisposable
{
    private readonly WorldStage _stage;
    private readonly LabAuthority _authority;
    private readonly NameServer _dns;
    private readonly Sessions _https;
    private readonly Sessions _smtp;

    private LabInternet(WorldStage stage, LabAuthority authority, Sessions https, Sessions smtp, NameServer dns)
    {
        (_stage, _authority, _https, _smtp, _dns) = (stage, authority, https, smtp, dns);
        CaFile = Path.Combine(Path.GetTempPath(), $"postseal-lab-{Guid.NewGuid():N}.pem");
        File.WriteAllText(CaFile, CaPem);
    }

    /// <summary>The resolver to ask, UDP and TCP.</summary>
    public IPEndPoint DnsEndPoint => _dns.EndPoint;

    /// <summary>The port of every policy host.</summary>
    public int HttpsPort => _https.Port;

    /// <summary>The port of every mail server.</summary>
    public int SmtpPort => _smtp.Port;

    /// <summary>Whether servers at <c>::1</c> can be reached; where they cannot, they are left out.</summary>
    public static bool HasIPv6 => Sessions.HasIPv6;

    /// <summary>The root of the lab's CA.</summary>
    public string CaPem => _authority.RootPem;

    /// <summary>A temporary file with <see cref="CaPem"/>, deleted at the end.</summary>
    public string CaFile { get; }

    /// <summary>Everything that can be looked up now.</summary>
    public IReadOnlyList<LabDomain> Domains => _stage.Now.Domains;

    /// <summary>What <c>postseal</c> needs in its environment to live in this Internet.</summary>
    public IReadOnlyDictionary<string, string> Environment =>
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["POSTSEAL_ALLOW_PRIVATE"] = "1",
            ["POSTSEAL_CA_FILE"] = CaFile,
            ["POSTSEAL_DNS"] = DnsEndPoint.ToString(),
            ["POSTSEAL_HTTPS_PORT"] = HttpsPort.ToString(CultureInfo.InvariantCulture),
            ["POSTSEAL_SMTP_PORT"] = SmtpPort.ToString(CultureInfo.InvariantCulture),
        };

    /// <summary>Starts a lab with the domains of <see cref="LabDomains.All"/>.</summary>
    /// <exception cref="SocketException">A port asked for is taken.</exception>
    public static Task<LabInternet> StartAsync(LabOptions options, CancellationToken ct) =>
        StartAsync(options, LabDomains.All, ct);

    /// <summary>Starts a lab with domains of one's own.</summary>
    /// <exception cref="SocketException">A port asked for is taken.</exception>
    public static async Task<LabInternet> StartAsync(LabOptions options, IReadOnlyList<LabDomain> domains, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var clock = options.Clock;
        var latency = new Latency(options.Latency, clock);
        var watch = new Watch(options.Observer, clock);
        var stage = new WorldStage(domains, options.SmtpPort, options.FrontName);
        var authority = new LabAuthority(clock.GetUtcNow(), options.Certificates);
        Sessions? https = null;
        Sessions? smtp = null;
        try
        {
            var (sites, receivers) = (stage.Now.SiteAddresses, stage.Now.ReceiverAddresses);
            var policies = new PolicyServer(stage, authority, latency, watch);
            var mail = new ReceiverServer(stage, authority, latency, watch);
            var limits = new ConnectionLimits(options.MaxConnections, options.IdleTime, options.SessionTime);
            https = Sessions.Listen(sites, options.HttpsPort, limits, clock, policies.ServeAsync);
            smtp = Sessions.Listen(receivers, options.SmtpPort, limits, clock, mail.ServeAsync);
            stage.SettlePort(smtp.Port);
            var dns = await NameServer.StartAsync(stage, new(authority), options.DnsPort, options.Delegation, latency, watch, ct);
            return new(stage, authority, https, smtp, dns);
        }
        catch
        {
            await using (https)
            await using (smtp)
                authority.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Puts a domain in the place of the one of the same name, at once for records, policy and mail servers. Sessions with a mail
    /// server go on as they began. A server that the new domain lacks hangs up; one that it brings must have listened from the start.
    /// </summary>
    /// <exception cref="ArgumentException">No domain has that name, or nothing listens at an address of the new one.</exception>
    public void Replace(LabDomain domain) => _stage.Replace(domain, _https.Addresses, _smtp.Addresses);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        File.Delete(CaFile);
        await _dns.DisposeAsync();
        await _https.DisposeAsync();
        await _smtp.DisposeAsync();
        _authority.Dispose();
    }
}
