using Postseal.Protocol;
using Postseal.Resolver.Dns;
using Xunit;

namespace Postseal.Tests.Resolver.Dns;

/// <summary>What tests of DnsClientDns share.</summary>
public abstract class DnsClientDnsTest
{
    protected static DomainName Example { get; } = DomainName.Parse("example.com");

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected static DnsClientDns Dns(
        WireDnsServer server,
        DnssecTrust trust = DnssecTrust.Auto,
        double tryTimeout = 3
    ) => Dns([server], trust, tryTimeout);

    private protected static DnsClientDns Dns(
        WireDnsServer[] servers,
        DnssecTrust trust = DnssecTrust.Auto,
        double tryTimeout = 3
    ) =>
        new(
            new()
            {
                Servers = [.. servers.Select(s => s.EndPoint)],
                Trust = trust,
                TryTimeout = TimeSpan.FromSeconds(tryTimeout),
            },
            TimeProvider.System
        );

    private protected static DnsAnswer<T>.Found Found<T>(DnsAnswer<T> answer) => Assert.IsType<DnsAnswer<T>.Found>(answer);

    private protected static DnsAnswer<T>.Failed Failed<T>(DnsAnswer<T> answer) => Assert.IsType<DnsAnswer<T>.Failed>(answer);
}
