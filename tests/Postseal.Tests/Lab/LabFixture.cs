using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DnsClient;
using Postseal.Lab;
using Postseal.Lab.Domains;
using Xunit;

namespace Postseal.Tests.Lab;

/// <summary>One lab for all lab tests, and plain clients for it that owe nothing to our own engine.</summary>
public sealed class LabFixture : IAsyncLifetime
{
    public LabInternet Internet { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Internet = await LabInternet.StartAsync(new LabOptions(), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Internet.DisposeAsync();

    public LabDomain Domain(string label) => Internet.Domains.Single(d => d.Name == $"{label}.lab.test");

    public async Task<IDnsQueryResponse> AskAsync(string name, QueryType type, CancellationToken ct)
    {
        var options = new LookupClientOptions(Internet.DnsEndPoint)
        {
            UseCache = false,
            ThrowDnsErrors = false,
            ContinueOnDnsError = false,
            RequestDnsSecRecords = true,
            Retries = 0,
            Timeout = TimeSpan.FromSeconds(2),
        };
        return await new LookupClient(options).QueryAsync(name, type, QueryClass.IN, ct);
    }

    /// <summary>Connects with TLS, taking any certificate; the chain is what the server sent, leaf first.</summary>
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
            RemoteCertificateValidationCallback = (_, leaf, chain, _) =>
            {
                sent = [new((X509Certificate2)leaf!), .. chain!.ChainPolicy.ExtraStore.Select(c => new X509Certificate2(c))];
                return true;
            },
        };
        await tls.AuthenticateAsClientAsync(options, ct);
        return (tls, sent);
    }

    public async Task<string> GetPolicyAsync(string label, CancellationToken ct)
    {
        var site = Domain(label).Sites[0];
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(site.Address, Internet.HttpsPort, ct);
        var (tls, _) = await SecureAsync(tcp.GetStream(), site.Host, ct);
        await using (tls)
        {
            var request = $"GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: {site.Host}\r\nConnection: close\r\n\r\n";
            await tls.WriteAsync(Encoding.ASCII.GetBytes(request), ct);
            var buffer = new byte[4096];
            return Encoding.Latin1.GetString(
                buffer,
                0,
                await tls.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct)
            );
        }
    }
}
