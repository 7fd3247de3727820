using System.Net;
using System.Net.Sockets;
using System.Text;
using Postseal.Lab;
using Postseal.Protocol;
using Postseal.Protocol.Dane;
using Postseal.Resolver.Dns;
using Postseal.Resolver.PolicyHost;
using Postseal.Tests.Lab;

namespace Postseal.Tests.Server.SenderTest.Simulator;

/// <summary>Sees only the first of several TXT records.</summary>
internal sealed class FirstRecordDns(IDns dns) : IDns
{
    public async Task<DnsAnswer<string>> TxtAsync(DomainName name, CancellationToken ct)
    {
        var answer = await dns.TxtAsync(name, ct);
        return answer is DnsAnswer<string>.Found found ? found with { Records = [found.Records[0]] } : answer;
    }

    public Task<DnsAnswer<MxRecord>> MxAsync(DomainName name, CancellationToken ct) => dns.MxAsync(name, ct);

    public Task<DnsAnswer<IPAddress>> AddressesAsync(DomainName name, AddressFamily family, CancellationToken ct) =>
        dns.AddressesAsync(name, family, ct);

    public Task<DnsAnswer<TlsaRecord>> TlsaAsync(DomainName name, CancellationToken ct) => dns.TlsaAsync(name, ct);

    public Task<DnsAnswer<DomainName>> CnameAsync(DomainName name, CancellationToken ct) => dns.CnameAsync(name, ct);

    public Task<DnsAnswer<DomainName>> PtrAsync(IPAddress address, CancellationToken ct) => dns.PtrAsync(address, ct);
}

/// <summary>Goes where a redirection points to.</summary>
internal sealed class FollowingPolicyHost(IPolicyHost host, LabInternet lab) : IPolicyHost
{
    public async Task<PolicyFetch> FetchAsync(DomainName domain, CancellationToken ct)
    {
        var fetch = await host.FetchAsync(domain, ct);
        return
            fetch
                is {
                    Outcome: FetchOutcome.Failed { Failure: FetchFailure.Redirect },
                    Attempts: [.., { Response.Location: { } to }]
                }
            ? fetch with
            {
                Outcome = new FetchOutcome.Body(await GetAsync(new(to), ct)),
            }
            : fetch;
    }

    public Task<PolicyFetch> FetchFromEachAsync(DomainName domain, CancellationToken ct) => FetchAsync(domain, ct);

    private async Task<byte[]> GetAsync(Uri uri, CancellationToken ct)
    {
        var site = lab.Domains.SelectMany(d => d.Sites).Single(s => s.Host == uri.Host);
        using var tcp = await LabFixture.ConnectAsync(site.Address, lab.HttpsPort, ct);
        var (tls, _) = await LabFixture.SecureAsync(tcp.GetStream(), uri.Host, ct);
        await using (tls)
        {
            var request = $"GET {uri.AbsolutePath} HTTP/1.1\r\nHost: {uri.Host}\r\nConnection: close\r\n\r\n";
            await tls.WriteAsync(Encoding.ASCII.GetBytes(request), ct);
            var response = new MemoryStream();
            await tls.CopyToAsync(response, ct);
            var text = Encoding.Latin1.GetString(response.ToArray());
            return Encoding.Latin1.GetBytes(text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        }
    }
}
