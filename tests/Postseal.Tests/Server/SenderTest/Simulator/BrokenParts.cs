using System.Net;
using System.Net.Sockets;
using System.Text;
using Postseal.Lab;
using Postseal.Lab.Https;
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

/// <summary>Reads hyphens out of ids.</summary>
internal sealed class LenientIdDns(IDns dns) : IDns
{
    public async Task<DnsAnswer<string>> TxtAsync(DomainName name, CancellationToken ct)
    {
        var answer = await dns.TxtAsync(name, ct);
        return answer is DnsAnswer<string>.Found found
            ? found with
            {
                Records = [.. found.Records.Select(r => r.Replace("-", "", StringComparison.Ordinal))],
            }
            : answer;
    }

    public Task<DnsAnswer<MxRecord>> MxAsync(DomainName name, CancellationToken ct) => dns.MxAsync(name, ct);

    public Task<DnsAnswer<IPAddress>> AddressesAsync(DomainName name, AddressFamily family, CancellationToken ct) =>
        dns.AddressesAsync(name, family, ct);

    public Task<DnsAnswer<TlsaRecord>> TlsaAsync(DomainName name, CancellationToken ct) => dns.TlsaAsync(name, ct);

    public Task<DnsAnswer<DomainName>> CnameAsync(DomainName name, CancellationToken ct) => dns.CnameAsync(name, ct);

    public Task<DnsAnswer<DomainName>> PtrAsync(IPAddress address, CancellationToken ct) => dns.PtrAsync(address, ct);
}

/// <summary>Supplies the version that a policy lacks.</summary>
internal sealed class VersionlessPolicyHost(IPolicyHost host) : IPolicyHost
{
    public async Task<PolicyFetch> FetchAsync(DomainName domain, CancellationToken ct)
    {
        var fetch = await host.FetchAsync(domain, ct);
        if (fetch.Outcome is not FetchOutcome.Body { Bytes: var bytes })
            return fetch;

        var text = Encoding.UTF8.GetString(bytes.Span);
        return text.Contains("version:", StringComparison.Ordinal)
            ? fetch
            : fetch with
            {
                Outcome = new FetchOutcome.Body(Encoding.UTF8.GetBytes("version: STSv1\r\n" + text)),
            };
    }

    public Task<PolicyFetch> FetchFromEachAsync(DomainName domain, CancellationToken ct) => FetchAsync(domain, ct);
}

/// <summary>Takes a policy in spite of one kind of failure, and goes where a redirection points to.</summary>
internal sealed class ForgivingPolicyHost(IPolicyHost host, LabInternet lab, FetchFailure forgiven) : IPolicyHost
{
    public async Task<PolicyFetch> FetchAsync(DomainName domain, CancellationToken ct)
    {
        var fetch = await host.FetchAsync(domain, ct);
        if (fetch.Outcome is not FetchOutcome.Failed { Failure: var failure } || failure != forgiven)
            return fetch;

        var to = fetch.Attempts is [.., { Response.Location: { } location }]
            ? location
            : $"https://{fetch.Host}{PolicySite.Path}";
        return fetch with { Outcome = new FetchOutcome.Body(await GetAsync(new(to), ct)) };
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
