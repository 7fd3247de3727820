using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Postseal.Lab.Certificates;
using Postseal.Lab.Dns;
using Postseal.Lab.Domains;
using Postseal.Lab.Https;
using Postseal.Lab.Smtp;
using Postseal.Lab.Watching;

namespace Postseal.Lab;

/// <summary>A closed mail Internet on loopback: name server, private CA, policy hosts and mail servers, each domain with its own fault. Needs no root; Linux, for its 127/8.</summary>
public sealed class LabInternet : IAsyncDisposable
{
    private readonly LabAuthority _authority;
    private readonly NameServer _dns;
    private readonly Sessions _https;
    private readonly Sessions _smtp;

    private LabInternet(IReadOnlyList<LabDomain> domains, LabAuthority authority, Sessions https, Sessions smtp, NameServer dns)
    {
        (Domains, _authority, _https, _smtp, _dns) = (domains, authority, https, smtp, dns);
        CaFile = Path.Combine(Path.GetTempPath(), $"postseal-lab-{Guid.NewGuid():N}.pem");
        File.WriteAllText(CaFile, CaPem);
    }

    /// <summary>The resolver to ask, UDP and TCP.</summary>
    public IPEndPoint DnsEndPoint => _dns.EndPoint;

    /// <summary>The port of every policy host.</summary>
    public int HttpsPort => _https.Port;

    /// <summary>The port of every mail server.</summary>
    public int SmtpPort => _smtp.Port;

    /// <summary>The root of the lab's CA.</summary>
    public string CaPem => _authority.RootPem;

    /// <summary>A temporary file with <see cref="CaPem"/>, deleted at the end.</summary>
    public string CaFile { get; }

    /// <summary>Everything that can be looked up.</summary>
    public IReadOnlyList<LabDomain> Domains { get; }

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
        var sites = domains.SelectMany(d => d.Sites).ToDictionary(s => s.Address);
        var receivers = domains.SelectMany(d => d.Receivers).ToDictionary(r => r.Address);
        var authority = new LabAuthority(clock.GetUtcNow());
        Sessions? https = null;
        Sessions? smtp = null;
        try
        {
            https = Sessions.Listen(
                sites.Keys,
                options.HttpsPort,
                clock,
                new PolicyServer(sites, authority, latency, watch).ServeAsync
            );
            smtp = Sessions.Listen(
                receivers.Keys,
                options.SmtpPort,
                clock,
                new ReceiverServer(receivers, authority, latency, watch).ServeAsync
            );
            var dns = NameServer.Start(
                LabZones.Of(domains, smtp.Port),
                new(Presented(receivers.Values, authority)),
                options.DnsPort,
                latency,
                watch
            );
            return new(domains, authority, https, smtp, dns);
        }
        catch (SocketException)
        {
            await using (https)
            await using (smtp)
                authority.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        File.Delete(CaFile);
        _dns.Dispose();
        await _https.DisposeAsync();
        await _smtp.DisposeAsync();
        _authority.Dispose();
    }

    private static Func<string, LabChain> Presented(IEnumerable<Receiver> receivers, LabAuthority authority)
    {
        var leaves = receivers
            .GroupBy(r => r.Host)
            .ToFrozenDictionary(g => g.Key, g => g.First().Tls.Leaf, StringComparer.Ordinal);
        return host => authority.Chain(leaves[host], host);
    }
}
