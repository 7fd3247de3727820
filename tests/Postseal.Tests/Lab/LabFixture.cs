using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DnsClient;
using Postseal.Lab;
using Postseal.Lab.Domains;
using Postseal.Lab.Https;
using Xunit;

namespace Postseal.Tests.Lab;

/// <summary>One lab for a class of tests, and plain clients for it that owe nothing to our own engine.</summary>
public sealed class LabFixture : IAsyncLifetime
{
    public LabInternet Internet { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Internet = await LabInternet.StartAsync(new LabOptions(), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Internet?.DisposeAsync() ?? ValueTask.CompletedTask;

    public LabDomain Domain(string label) => Internet.Domains.Single(d => d.Name == $"{label}.lab.test");

    public Task<IDnsQueryResponse> AskAsync(string name, QueryType type, CancellationToken ct) =>
        AskAsync(Internet, name, type, true, ct);

    public static async Task<IDnsQueryResponse> AskAsync(
        LabInternet internet,
        string name,
        QueryType type,
        bool dnssecOk,
        CancellationToken ct
    )
    {
        var options = new LookupClientOptions(internet.DnsEndPoint)
        {
            UseCache = false,
            ThrowDnsErrors = false,
            ContinueOnDnsError = false,
            RequestDnsSecRecords = dnssecOk,
            Retries = 0,
            Timeout = TimeSpan.FromMinutes(1),
        };
        return await new LookupClient(options).QueryAsync(name, type, QueryClass.IN, ct);
    }

    /// <summary>Connects with TLS, taking any certificate.</summary>
    public static async Task<(SslStream Stream, X509Certificate2[] Sent)> SecureAsync(
        Stream wire,
        string? sni,
        CancellationToken ct
    )
    {
        X509Certificate2[] sent = [];
        var tls = new SslStream(wire);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = sni ?? "",
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy = new() { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
            RemoteCertificateValidationCallback = (_, _, chain, _) =>
            {
                // What was sent, in the order sent; the callback disposes of it afterwards.
                sent = [.. chain!.ChainPolicy.ExtraStore.Select(c => X509CertificateLoader.LoadCertificate(c.RawData))];
                return true;
            },
        };
        await tls.AuthenticateAsClientAsync(options, ct);
        return (tls, sent);
    }

    /// <summary>The whole response of a domain's policy host, read to the end of the connection.</summary>
    public Task<string> GetAsync(string label, string path, CancellationToken ct) =>
        GetAsync(Internet, Domain(label).Sites[0], path, "X-Nothing: 1", ct);

    /// <summary>The same, from a lab of the test's own and with a header more.</summary>
    public static async Task<string> GetAsync(
        LabInternet internet,
        PolicySite site,
        string path,
        string header,
        CancellationToken ct
    )
    {
        using var tcp = await ConnectAsync(site.Address, internet.HttpsPort, ct);
        var (tls, _) = await SecureAsync(tcp.GetStream(), site.Host, ct);
        await using (tls)
            return await ExchangeAsync(
                tls,
                $"GET {path} HTTP/1.1\r\nHost: {site.Host}\r\n{header}\r\nConnection: close\r\n\r\n",
                ct
            );
    }

    /// <summary>Says something and hears all that comes, to the end of the connection.</summary>
    public static async Task<string> ExchangeAsync(Stream stream, string request, CancellationToken ct)
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), ct);
        var body = new MemoryStream();
        await stream.CopyToAsync(body, ct);
        return Encoding.Latin1.GetString(body.ToArray());
    }

    public static async Task<TcpClient> ConnectAsync(IPAddress address, int port, CancellationToken ct)
    {
        var tcp = new TcpClient(address.AddressFamily);
        await tcp.ConnectAsync(address, port, ct);
        return tcp;
    }
}
