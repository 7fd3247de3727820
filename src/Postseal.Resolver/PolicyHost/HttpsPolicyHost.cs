using System.Net;
using System.Net.Sockets;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Dns;

namespace Postseal.Resolver.PolicyHost;

/// <summary>Fetches policies over HTTPS by the rules of RFC 8461 §3.3. Addresses are resolved first and checked; connections go to the very address checked.</summary>
public sealed class HttpsPolicyHost(IDns dns, PolicyHostOptions options, TimeProvider clock) : IPolicyHost
{
    // A policy host has a handful of addresses; a hostile one may list thousands.
    private const int MaxAddresses = 16;

    private readonly AddressGate _gate = new();

    /// <inheritdoc/>
    public Task<PolicyFetch> FetchAsync(DomainName domain, CancellationToken ct) => FetchAsync(domain, UntilAnsweredAsync, ct);

    /// <inheritdoc/>
    public Task<PolicyFetch> FetchFromEachAsync(DomainName domain, CancellationToken ct) =>
        FetchAsync(domain, SideBySideAsync, ct);

    private async Task<PolicyFetch> FetchAsync(
        DomainName domain,
        Func<DomainName, IReadOnlyList<IPAddress>, long, CancellationToken, Task<IReadOnlyList<FetchAttempt>>> fetch,
        CancellationToken ct
    )
    {
        var started = clock.GetTimestamp();
        if (!domain.TryPrepend(StsPolicy.HostLabel, out var host))
            return Failed(null, [], FetchFailure.DnsAbsent, $"{StsPolicy.HostLabel}.{domain} is too long to exist.", ours: false);

        var v4 = dns.AddressesAsync(host, AddressFamily.InterNetwork, ct);
        var v6 = dns.AddressesAsync(host, AddressFamily.InterNetworkV6, ct);
        var answers = await Task.WhenAll(v4, v6);
        var aliases = answers.Select(Aliases).MaxBy(a => a.Count)!;
        var addresses = answers.OfType<DnsAnswer<IPAddress>.Found>().SelectMany(a => a.Records).ToList();
        if (addresses.Count == 0)
        {
            return answers.OfType<DnsAnswer<IPAddress>.Failed>().FirstOrDefault() is { } failed
                ? Failed(host, aliases, FetchFailure.DnsFailed, failed.Detail, ours: failed.Failure != DnsFailure.Bogus)
                : Failed(host, aliases, FetchFailure.DnsAbsent, $"{host} has no address.", ours: false);
        }

        var allowed = addresses.Where(a => options.AllowPrivate || PublicAddress.IsPublic(a)).Take(MaxAddresses).ToList();
        if (allowed.Count == 0)
            return Failed(
                host,
                aliases,
                FetchFailure.AddressRefused,
                $"{host} has only addresses that are not public ({addresses[0]}).",
                ours: true
            );

        var attempts = await fetch(host, allowed, started, ct);
        return new(host, aliases, Outcome(attempts), attempts, clock.GetElapsedTime(started));

        PolicyFetch Failed(DomainName? host, IReadOnlyList<DomainName> aliases, FetchFailure failure, string detail, bool ours) =>
            new(host, aliases, new FetchOutcome.Failed(failure, detail, ours), [], clock.GetElapsedTime(started));
    }

    private async Task<IReadOnlyList<FetchAttempt>> UntilAnsweredAsync(
        DomainName host,
        IReadOnlyList<IPAddress> addresses,
        long started,
        CancellationToken ct
    )
    {
        var attempts = new List<FetchAttempt>();
        foreach (var address in addresses)
        {
            attempts.Add(await AttemptAsync(host, address, started, ct));
            if (IsFinal(attempts[^1].Outcome))
                break;
        }

        return attempts;
    }

    private async Task<IReadOnlyList<FetchAttempt>> SideBySideAsync(
        DomainName host,
        IReadOnlyList<IPAddress> addresses,
        long started,
        CancellationToken ct
    ) => await Task.WhenAll(addresses.Select(a => AttemptAsync(host, a, started, ct)));

    private async Task<FetchAttempt> AttemptAsync(DomainName host, IPAddress address, long started, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Left(started), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        try
        {
            return await _gate.PassAsync(
                address,
                _ => new PolicyRequest(host, address, options, clock).RunAsync(Left(started), ct),
                either.Token
            );
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            var failed = new FetchOutcome.Failed(
                FetchFailure.Timeout,
                $"Too many fetches from {address} were under way for one more within {options.TotalTimeout.TotalSeconds:0} s.",
                Ours: true
            );
            return new(address, failed, Tls: null, Chain: null, Response: null, clock.GetElapsedTime(started));
        }
    }

    private TimeSpan Left(long started)
    {
        var left = options.TotalTimeout - clock.GetElapsedTime(started);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static IReadOnlyList<DomainName> Aliases(DnsAnswer<IPAddress> answer) =>
        answer switch
        {
            DnsAnswer<IPAddress>.Found found => found.Aliases,
            DnsAnswer<IPAddress>.Absent absent => absent.Aliases,
            _ => [],
        };

    // A sender tries the next address after a failed connection or handshake; what HTTP says is final.
    private static bool IsFinal(FetchOutcome outcome) =>
        outcome
            is not FetchOutcome.Failed
            {
                Failure: FetchFailure.Tcp
                    or FetchFailure.TlsVersion
                    or FetchFailure.TlsAlert
                    or FetchFailure.TlsHandshake
                    or FetchFailure.TlsName
                    or FetchFailure.TlsExpired
                    or FetchFailure.TlsUntrusted
            };

    // Without a final one, the failure that says most: a TLS fault before a dead address, and that before a network of ours.
    private static FetchOutcome Outcome(IReadOnlyList<FetchAttempt> attempts) =>
        attempts
            .Select(a => a.Outcome)
            .OrderBy(o =>
                o switch
                {
                    _ when IsFinal(o) => 0,
                    FetchOutcome.Failed { Ours: true } => 3,
                    FetchOutcome.Failed { Failure: FetchFailure.Tcp } => 2,
                    _ => 1,
                }
            )
            .First();
}
