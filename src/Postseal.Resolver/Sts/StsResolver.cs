using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Dns;
using Postseal.Resolver.PolicyHost;

namespace Postseal.Resolver.Sts;

/// <summary>One live look-up of a domain's MTA-STS policy, without a cache: TXT record, HTTPS, policy text (RFC 8461 §3).</summary>
public sealed class StsResolver(IDns dns, IPolicyHost policyHost)
{
    /// <summary>Looks the policy up and keeps the evidence. Only cancellation throws.</summary>
    /// <param name="domain">The policy domain.</param>
    /// <param name="fromEachAddress">Fetch from every address of the policy host, as a checker does; else as a sender does.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<StsEvidence> LookupAsync(DomainName domain, bool fromEachAddress, CancellationToken ct)
    {
        // A name too long for the label in front cannot have the record.
        var txt = domain.TryPrepend(StsRecord.Label, out var name)
            ? await dns.TxtAsync(name, ct)
            : new DnsAnswer<string>.Absent(NameExists: false, Secure: false, []);
        return txt switch
        {
            DnsAnswer<string>.Found found => await FromRecordsAsync(domain, found, fromEachAddress, ct),
            DnsAnswer<string>.Failed failed => new(
                txt,
                null,
                null,
                null,
                new StsLookup.Unusable(LookupStage.Dns, failed.Failure.ToString().ToLowerInvariant())
            ),
            _ => new(txt, StsRecordSelection.From([]), null, null, new StsLookup.NotPublished()),
        };
    }

    private async Task<StsEvidence> FromRecordsAsync(
        DomainName domain,
        DnsAnswer<string>.Found txt,
        bool fromEachAddress,
        CancellationToken ct
    )
    {
        var selection = StsRecordSelection.From(txt.Records);
        return selection switch
        {
            StsRecordSelection.None => new(txt, selection, null, null, new StsLookup.NotPublished()),
            StsRecordSelection.Multiple => new(
                txt,
                selection,
                null,
                null,
                new StsLookup.Unusable(LookupStage.Record, "multiple-records")
            ),
            StsRecordSelection.Invalid invalid => new(
                txt,
                selection,
                null,
                null,
                new StsLookup.Unusable(LookupStage.Record, invalid.Error.Code)
            ),
            _ => FromFetch(
                txt,
                selection,
                fromEachAddress ? await policyHost.FetchFromEachAsync(domain, ct) : await policyHost.FetchAsync(domain, ct)
            ),
        };
    }

    private static StsEvidence FromFetch(DnsAnswer<string> txt, StsRecordSelection selection, PolicyFetch fetch)
    {
        if (fetch.Outcome is not FetchOutcome.Body { Bytes: var bytes })
        {
            var failure = ((FetchOutcome.Failed)fetch.Outcome).Failure.ToWire();
            return new(txt, selection, fetch, null, new StsLookup.Unusable(LookupStage.Fetch, failure));
        }

        return StsPolicy.TryParse(bytes.Span, out var policy, out var error)
            ? new(txt, selection, fetch, null, new StsLookup.Found(policy, Fresh: true))
            : new(txt, selection, fetch, error, new StsLookup.Unusable(LookupStage.Policy, error.Code));
    }
}
