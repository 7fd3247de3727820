using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;
using Postseal.Protocol;
using TlsaRecord = Postseal.Protocol.Dane.TlsaRecord;

namespace Postseal.Resolver.Dns;

/// <summary>The DNS seam over DnsClient, a stub: recursion and DNSSEC validation are the resolver's job, believed under <see cref="DnsOptions.BelievesAd"/>.</summary>
/// <param name="options">Which resolvers, and how.</param>
/// <param name="clock">Drives the deadlines of a question and of each try.</param>
public sealed class DnsClientDns(DnsOptions options, TimeProvider clock) : IDns
{
    private readonly StubResolver _stub = new(options, clock);

    /// <inheritdoc/>
    public Task<DnsAnswer<string>> TxtAsync(DomainName name, CancellationToken ct) =>
        AskAsync<TxtRecord, string>(name.Value, QueryType.TXT, TxtBytes.Join, ct);

    /// <inheritdoc/>
    public Task<DnsAnswer<MxRecord>> MxAsync(DomainName name, CancellationToken ct) =>
        AskAsync<DnsClient.Protocol.MxRecord, MxRecord>(name.Value, QueryType.MX, Exchange, ct);

    /// <inheritdoc/>
    public Task<DnsAnswer<IPAddress>> AddressesAsync(DomainName name, AddressFamily family, CancellationToken ct) =>
        AskAsync<AddressRecord, IPAddress>(
            name.Value,
            family == AddressFamily.InterNetworkV6 ? QueryType.AAAA : QueryType.A,
            r => r.Address,
            ct
        );

    /// <inheritdoc/>
    public Task<DnsAnswer<TlsaRecord>> TlsaAsync(DomainName name, CancellationToken ct) =>
        AskAsync<DnsClient.Protocol.TlsaRecord, TlsaRecord>(
            name.Value,
            QueryType.TLSA,
            r => new((byte)r.CertificateUsage, (byte)r.Selector, (byte)r.MatchingType, [.. r.CertificateAssociationData]),
            ct
        );

    /// <inheritdoc/>
    public Task<DnsAnswer<DomainName>> CnameAsync(DomainName name, CancellationToken ct) =>
        AskAsync<CNameRecord, DomainName>(name.Value, QueryType.CNAME, r => HostName(r.CanonicalName), ct);

    /// <inheritdoc/>
    public Task<DnsAnswer<DomainName>> PtrAsync(IPAddress address, CancellationToken ct) =>
        AskAsync<PtrRecord, DomainName>(
            LookupClient.GetReverseQuestion(address).QueryName.Value,
            QueryType.PTR,
            r => HostName(r.PtrDomainName),
            ct
        );

    private static MxRecord Exchange(DnsClient.Protocol.MxRecord record)
    {
        var text = record.Exchange.Value.TrimEnd('.');
        return new(record.Preference, text.Length == 0 ? "." : text, HostName(record.Exchange));
    }

    private static DomainName? HostName(DnsString name) => DomainName.TryParse(name.Value, out var host, out _) ? host : null;

    // Records that `read` turns into null are left out.
    private async Task<DnsAnswer<T>> AskAsync<TRecord, T>(
        string name,
        QueryType type,
        Func<TRecord, T?> read,
        CancellationToken ct
    )
        where TRecord : DnsResourceRecord
        where T : class
    {
        using var deadline = new CancellationTokenSource(options.Deadline, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            return await ChaseAsync(name, type, read, both.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new DnsAnswer<T>.Failed(
                DnsFailure.Timeout,
                $"No resolver answered within {options.Deadline.TotalSeconds:0} s."
            );
        }
    }

    private async Task<DnsAnswer<T>> ChaseAsync<TRecord, T>(
        string name,
        QueryType type,
        Func<TRecord, T?> read,
        CancellationToken ct
    )
        where TRecord : DnsResourceRecord
        where T : class
    {
        var chain = new AliasChain(name);
        var secure = options.BelievesAd;
        while (true)
        {
            var asked = chain.End;
            switch (await _stub.AskAsync(asked, type, ct))
            {
                case StubReply.Failed failed:
                    return new DnsAnswer<T>.Failed(failed.Failure, failed.Detail);

                case StubReply.Answered { Response: var response }:
                    // Along a chain the weakest link counts (RFC 7672 §2.1.3).
                    secure &= response.Header.IsAuthenticData;
                    if (type != QueryType.CNAME)
                        chain.Follow(response);
                    if (!chain.IsSound)
                        return new DnsAnswer<T>.Failed(
                            DnsFailure.AliasLoop,
                            $"{name} is an alias that loops or has more than {AliasChain.MaxLinks} links."
                        );

                    if (Conclude(chain, asked, type, response, read, secure) is { } answer)
                        return answer;

                    break;
            }
        }
    }

    // Null when a resolver left it to us to ask on at the end of the chain.
    private static DnsAnswer<T>? Conclude<TRecord, T>(
        AliasChain chain,
        string asked,
        QueryType type,
        IDnsQueryResponse response,
        Func<TRecord, T?> read,
        bool secure
    )
        where TRecord : DnsResourceRecord
        where T : class
    {
        var aliases = chain.Targets();
        // Reverse zones are delegated through names with a slash (RFC 2317), which are no domain names here and are left out.
        if (aliases.Count < chain.Links && type != QueryType.PTR)
            return new DnsAnswer<T>.Failed(DnsFailure.Malformed, $"{asked} is an alias of something that is no domain name.");

        var owned = response
            .Answers.OfType<TRecord>()
            .Where(r => (int)r.RecordType == (int)type && AliasChain.Owner(r) == chain.End)
            .ToList();
        ImmutableArray<T> records = [.. owned.Select(read).OfType<T>()];
        if (records.Length > 0)
            return new DnsAnswer<T>.Found(records, Ttl(chain, owned), secure, aliases);

        if (response.Header.ResponseCode == DnsHeaderResponseCode.NotExistentDomain)
            return new DnsAnswer<T>.Absent(NameExists: false, secure, aliases);

        // A recursive resolver proves the end of a chain with a SOA (RFC 2308 §2.2); a mere CNAME is not an answer yet.
        var unfinished = chain.End != asked && owned.Count == 0 && !response.Authorities.OfType<SoaRecord>().Any();
        return unfinished ? null : new DnsAnswer<T>.Absent(NameExists: true, secure, aliases);
    }

    private static TimeSpan Ttl(AliasChain chain, IEnumerable<DnsResourceRecord> records) =>
        TimeSpan.FromSeconds(records.Min(r => Math.Min(chain.Ttl, Math.Max(0, r.InitialTimeToLive))));
}
