using System.Security.Cryptography;
using Postseal.Checks.Facts;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.PolicyHost;
using Postseal.Resolver.Sts;

namespace Postseal.Checks.History;

/// <summary>One record and the policy that was served beside it, as seen over some time.</summary>
/// <param name="RecordId">The <c>id</c> of the record.</param>
/// <param name="PolicySha256">SHA-256 of the policy text as served, lower-case hexadecimal.</param>
/// <param name="Mode">The policy's mode.</param>
/// <param name="MaxAge">The policy's <c>max_age</c> in seconds.</param>
/// <param name="FirstSeen">The first check that saw this pair.</param>
/// <param name="LastSeen">The last check that saw it.</param>
public sealed record Publication(
    string RecordId,
    string PolicySha256,
    StsMode Mode,
    long MaxAge,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen
)
{
    /// <summary>What a check saw; null unless both a valid record and a valid policy are published.</summary>
    public static Publication? Of(DomainFacts facts) =>
        facts.Sts
            is {
                Selection: StsRecordSelection.Valid { Record.Id: var id },
                Lookup: StsLookup.Found { Policy: var policy },
                Fetch.Outcome: FetchOutcome.Body { Bytes: var body },
            }
            ? new(
                id,
                Convert.ToHexStringLower(SHA256.HashData(body.Span)),
                policy.Mode,
                policy.MaxAge,
                facts.CheckedAt,
                facts.CheckedAt
            )
            : null;
}
