using Microsoft.Extensions.Time.Testing;
using Postseal.Protocol;
using Postseal.Resolver.Dns;
using Xunit;

namespace Postseal.Tests.Resolver.Dns;

/// <summary>What tests of DnsClientDns share.</summary>
public abstract class DnsClientDnsTest
{
    protected static DomainName Example { get; } = DomainName.Parse("example.com");

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly TimeSpan TryTimeout = TimeSpan.FromSeconds(3);

    private readonly FakeTimeProvider _clock = new();

    private protected DnsClientDns Dns(WireDnsServer server, DnssecTrust trust = DnssecTrust.Auto) => Dns([server], trust);

    private protected DnsClientDns Dns(WireDnsServer[] servers, DnssecTrust trust = DnssecTrust.Auto) =>
        new(
            new()
            {
                Servers = [.. servers.Select(s => s.EndPoint)],
                Trust = trust,
                TryTimeout = TryTimeout,
            },
            _clock
        );

    /// <summary>Waits until a server has been asked once more, and lets that try pass in vain.</summary>
    private protected async Task MissAsync(WireDnsServer silent)
    {
        await silent.Asked.WaitAsync(Ct);
        _clock.Advance(TryTimeout);
    }

    private protected static DnsAnswer<T>.Found Found<T>(DnsAnswer<T> answer) => Assert.IsType<DnsAnswer<T>.Found>(answer);

    private protected static DnsAnswer<T>.Failed Failed<T>(DnsAnswer<T> answer) => Assert.IsType<DnsAnswer<T>.Failed>(answer);
}
