using System.Net;
using System.Net.Sockets;
using Postseal.Outbound;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.Tls;
using Postseal.Resolver.Dns;

namespace Postseal.Resolver.PolicyHost;

/// <summary>Fetches policies over HTTPS by the rules of RFC 8461 §3.3. Addresses are resolved first and checked; connections go to the very address checked.</summary>
public sealed class HttpsPolicyHost(IDns dns, PolicyHostOptions options, TimeProvider clock) : IPolicyHost
{
    /// <summary>Addresses tried. A policy host has a handful; a hostile one may list thousands.</summary>
    public const int MaxAddresses = 8;

    /// <summary>Connections of one fetch, at most.</summary>
    public const int MaxConnections = MaxAddresses * PolicyRequest.MaxConnections;

    /// <summary>Bytes received of one fetch, at most: from each address a handshake of 64 KB, a policy of 64 KB and its headers.</summary>
    public const long MaxBytes = MaxAddresses * (long)OutboundConnection.MaxReceived;

    // A hoster's web server carries the policies of thousands of domains. It takes as many at once from a browser; on our side each costs a TLS
    // handshake and some 300 kB while it runs.
    private const int MaxPerAddress = 8;

    private readonly AddressTurns _turns = new(MaxPerAddress, TimeSpan.Zero, clock);
    private readonly ChainVerifier _verifier = new(options.Roots);

    private sealed record Attempt(DomainName Host, CheckedAddress Address, OutboundBudget Budget, long Started);

    /// <inheritdoc/>
    public Task<PolicyFetch> FetchAsync(DomainName domain, CancellationToken ct) => FetchAsync(domain, UntilAnsweredAsync, ct);

    /// <inheritdoc/>
    public Task<PolicyFetch> FetchFromEachAsync(DomainName domain, CancellationToken ct) =>
        FetchAsync(domain, SideBySideAsync, ct);

    private async Task<PolicyFetch> FetchAsync(
        DomainName domain,
        Func<IReadOnlyList<Attempt>, CancellationToken, Task<IReadOnlyList<FetchAttempt>>> fetch,
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

        var allowed = addresses
            .Select(a => CheckedAddress.Of(a, options.AllowPrivate))
            .OfType<CheckedAddress>()
            .Take(MaxAddresses)
            .ToList();
        if (allowed.Count == 0)
            return Failed(
                host,
                aliases,
                FetchFailure.AddressRefused,
                $"{host} has only addresses that are not public ({addresses[0]}).",
                ours: true
            );

        var budget = new OutboundBudget(MaxConnections, MaxBytes);
        var attempts = await fetch([.. allowed.Select(a => new Attempt(host, a, budget, started))], ct);
        return new(host, aliases, Outcome(attempts), attempts, clock.GetElapsedTime(started));

        PolicyFetch Failed(DomainName? host, IReadOnlyList<DomainName> aliases, FetchFailure failure, string detail, bool ours) =>
            new(host, aliases, new FetchOutcome.Failed(failure, detail, ours), [], clock.GetElapsedTime(started));
    }

    private async Task<IReadOnlyList<FetchAttempt>> UntilAnsweredAsync(IReadOnlyList<Attempt> attempts, CancellationToken ct)
    {
        var done = new List<FetchAttempt>();
        foreach (var attempt in attempts)
        {
            done.Add(await RunAsync(attempt, ct));
            if (IsFinal(done[^1].Outcome))
                break;
        }

        return done;
    }

    private async Task<IReadOnlyList<FetchAttempt>> SideBySideAsync(IReadOnlyList<Attempt> attempts, CancellationToken ct) =>
        await Task.WhenAll(attempts.Select(a => RunAsync(a, ct)));

    private async Task<FetchAttempt> RunAsync(Attempt attempt, CancellationToken ct)
    {
        var (host, address, budget, started) = attempt;
        using var deadline = new CancellationTokenSource(Left(started), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        try
        {
            return await _turns.PassAsync(
                address.Value,
                budget,
                _ => new PolicyRequest(host, address, options, _verifier, budget, clock).RunAsync(Left(started), ct),
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
            return new(address.Value, failed, Tls: null, Chain: null, Response: null, clock.GetElapsedTime(started));
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
