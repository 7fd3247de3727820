using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Dns;
using Postseal.Resolver.PolicyHost;

namespace Postseal.Resolver.Sts;

/// <summary>Gets a domain's policy live, without a cache: TXT, then HTTPS, then the policy text (RFC 8461 §3). Keeps all evidence.</summary>
public sealed class StsResolver(IDns dns, IPolicyHost policyHost)
{
    /// <summary>Looks a domain up.</summary>
    /// <param name="domain">The policy domain; a parent's policy is never asked for (RFC 8461 §3.4).</param>
    /// <param name="each">True to fetch from every address of the policy host, as a checker does.</param>
    /// <param name="ct">Cancels.</param>
    public Task<StsEvidence> LookupAsync(DomainName domain, bool each, CancellationToken ct) =>
        LookupAsync(domain, each, progress: null, ct);

    /// <summary>The same, telling of each stage that has ended.</summary>
    /// <param name="domain">The policy domain.</param>
    /// <param name="each">True to fetch from every address of the policy host.</param>
    /// <param name="progress">Told <see cref="LookupStage.Record"/> when the record has been read, then <see cref="LookupStage.Fetch"/>, then <see cref="LookupStage.Policy"/>.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<StsEvidence> LookupAsync(
        DomainName domain,
        bool each,
        IProgress<LookupStage>? progress,
        CancellationToken ct
    )
    {
        var txt = await TxtAsync(domain, ct);
        progress?.Report(LookupStage.Record);
        var selection = Select(txt);
        if (NoPolicy(txt, selection) is { } none)
            return new(txt, selection, Fetch: null, PolicyError: null, none);

        var fetch = each ? await policyHost.FetchFromEachAsync(domain, ct) : await policyHost.FetchAsync(domain, ct);
        progress?.Report(LookupStage.Fetch);
        var (lookup, error) = Read(fetch);
        progress?.Report(LookupStage.Policy);
        return new(txt, selection, fetch, error, lookup);
    }

    /// <summary>The TXT records at <c>_mta-sts.DOMAIN</c>. A name too long to exist has none.</summary>
    internal Task<DnsAnswer<string>> TxtAsync(DomainName domain, CancellationToken ct) =>
        domain.TryPrepend(StsRecord.Label, out var name)
            ? dns.TxtAsync(name, ct)
            : Task.FromResult<DnsAnswer<string>>(new DnsAnswer<string>.Absent(NameExists: false, Secure: false, []));

    /// <summary>What counts of a TXT answer; null when nothing is known.</summary>
    internal static StsRecordSelection? Select(DnsAnswer<string> txt) =>
        txt switch
        {
            DnsAnswer<string>.Found found => StsRecordSelection.From(found.Records),
            DnsAnswer<string>.Absent => StsRecordSelection.From([]),
            _ => null,
        };

    /// <summary>Why the TXT side alone leaves a sender without a policy; null when there is one to fetch (RFC 8461 §3.1).</summary>
    internal static StsLookup? NoPolicy(DnsAnswer<string> txt, StsRecordSelection? selection) =>
        (txt, selection) switch
        {
            (DnsAnswer<string>.Failed failed, _) => new StsLookup.Unusable(LookupStage.Dns, failed.Failure.ToWire()),
            (_, StsRecordSelection.Valid) => null,
            (_, StsRecordSelection.Multiple) => new StsLookup.Unusable(LookupStage.Record, "multiple-records"),
            (_, StsRecordSelection.Invalid invalid) => new StsLookup.Unusable(LookupStage.Record, invalid.Error.Code),
            _ => new StsLookup.NotPublished(),
        };

    /// <summary>What a fetch leaves a sender with, and the parse error if the text is at fault.</summary>
    internal static (StsLookup Lookup, ParseError? Error) Read(PolicyFetch fetch) =>
        fetch.Outcome switch
        {
            FetchOutcome.Body body => StsPolicy.TryParse(body.Bytes.Span, out var policy, out var error)
                ? (new StsLookup.Found(policy, Fresh: true), null)
                : (new StsLookup.Unusable(LookupStage.Policy, error.Code), error),
            FetchOutcome.Failed failed => (new StsLookup.Unusable(LookupStage.Fetch, failed.Failure.ToWire()), null),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
