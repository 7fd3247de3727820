using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;

namespace Postseal.Checks.Facts;

/// <summary>Finds out whether a report address could take reports, without sending one: DNS for mail, a TLS handshake for HTTPS.</summary>
public sealed class ReportTargetInspector(IDns dns, CheckOptions options, TimeProvider clock)
{
    /// <summary>Addresses of one record that are looked at; reporters use at most as many (standard.md 8460-3-10).</summary>
    public const int MaxTargets = 10;

    private static readonly TimeSpan HttpsTimeout = TimeSpan.FromSeconds(15); // DNS, TCP and TLS to a web server; slower is unusable

    /// <summary>Inspects one usable address.</summary>
    public Task<ReportTargetFacts> InspectAsync(ReportUri target, CancellationToken ct) =>
        target switch
        {
            ReportUri.Mail mail => MailAsync(mail, ct),
            ReportUri.Https https => HttpsAsync(https, ct),
            _ => throw new ArgumentException("unusable addresses are not inspected", nameof(target)),
        };

    private async Task<ReportTargetFacts> MailAsync(ReportUri.Mail target, CancellationToken ct) =>
        await new MxResolver(dns).LookupAsync(target.Domain, ct) switch
        {
            MxLookup.Hosts { InOrder: var hosts } => new(target, null, null, Unknown: false, [.. hosts.Select(h => h.Name)]),
            MxLookup.NullMx => Fault(target, "null-mx", $"{target.Domain} takes no mail (null MX)."),
            MxLookup.Nowhere { NameExists: false } => Fault(target, "no-domain", $"{target.Domain} does not exist."),
            MxLookup.Nowhere => Fault(target, "no-mx", $"{target.Domain} has no mail host."),
            MxLookup.Failed failed => Untold(target, "dns", failed.Detail),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private async Task<ReportTargetFacts> HttpsAsync(ReportUri.Https target, CancellationToken ct)
    {
        if (!DomainName.TryParse(target.Uri.IdnHost, out var host, out _))
            return Fault(target, "host", "The address names no host.");

        var v4 = dns.AddressesAsync(host, AddressFamily.InterNetwork, ct);
        var v6 = dns.AddressesAsync(host, AddressFamily.InterNetworkV6, ct);
        var answers = await Task.WhenAll(v4, v6);
        var addresses = answers.OfType<DnsAnswer<IPAddress>.Found>().SelectMany(a => a.Records).ToArray();
        if (addresses.Length == 0)
        {
            return answers.OfType<DnsAnswer<IPAddress>.Failed>().FirstOrDefault() is { } failed
                ? Untold(target, "dns", failed.Detail)
                : Fault(target, "dns", $"{host} has no address.");
        }

        var allowed = addresses.Where(a => options.Probe.AllowPrivate || PublicAddress.IsPublic(a)).ToArray();
        if (allowed.Length == 0)
            return Fault(target, "address-refused", $"{host} has only addresses that are not public.");

        var port = target.Uri.IsDefaultPort ? options.HttpsPort : target.Uri.Port;
        using var limit = new CancellationTokenSource(HttpsTimeout, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            return await HandshakeAsync(target, host, allowed, port, linked.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Fault(target, "timeout", $"{host} did not answer within {HttpsTimeout.TotalSeconds:0} s.");
        }
    }

    private async Task<ReportTargetFacts> HandshakeAsync(
        ReportUri target,
        DomainName host,
        IPAddress[] addresses,
        int port,
        CancellationToken ct
    )
    {
        PresentedChain? chain = null;
        try
        {
            using var socket = await ConnectAsync(addresses, port, ct);
            await using var stream = new SslStream(new NetworkStream(socket));
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = host.Value,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                    RemoteCertificateValidationCallback = (_, leaf, sent, _) =>
                    {
                        if (leaf is not null)
                            chain = ChainJudge.Judge(
                                [(X509Certificate2)leaf, .. Rest(sent)],
                                host,
                                options.Probe.Roots.Value,
                                clock.GetUtcNow()
                            );
                        return leaf is not null; // judged below, as a fact
                    },
                },
                ct
            );
        }
        catch (SocketException e)
        {
            return Fault(target, "tcp", $"{host} refuses connections on port {port} ({e.SocketErrorCode}).");
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return Fault(target, "tls-handshake", $"The TLS handshake with {host} fails.");
        }

        if (chain is null || chain.IsValid)
            return new(target, null, null, Unknown: false, []);

        var problems = string.Join(", ", chain.Problems.Where(p => p.Refuses()).Select(p => p.ToWire()));
        return Fault(target, "tls-certificate", $"The certificate of {host} is not valid ({problems}).");
    }

    private static X509Certificate2Collection Rest(X509Chain? sent) => sent?.ChainPolicy.ExtraStore ?? [];

    private static async Task<Socket> ConnectAsync(IPAddress[] addresses, int port, CancellationToken ct)
    {
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(addresses[i], port), ct);
                return socket;
            }
            catch (SocketException) when (i < addresses.Length - 1)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private static ReportTargetFacts Fault(ReportUri target, string problem, string detail) =>
        new(target, problem, detail, Unknown: false, []);

    private static ReportTargetFacts Untold(ReportUri target, string problem, string detail) =>
        new(target, problem, detail, Unknown: true, []);
}
