using Postseal.Protocol.MtaSts;

namespace Postseal.Checks.Export;

/// <summary>Policies as we advise to publish them.</summary>
public static class ProposedPolicy
{
    private const long TestingMaxAge = 86400; // a day: a mistake is soon forgotten (standard.md 8461-3.2-17)
    private const long EnforceMaxAge = 1209600; // two weeks, as long as is practical (RFC 8461 §10.2)

    /// <summary>A sensible lifetime in seconds.</summary>
    public static long MaxAge(StsMode mode) => mode == StsMode.Enforce ? EnforceMaxAge : TestingMaxAge;

    /// <summary>The policy for these hosts: exact names, no wildcards (RFC 8461 §10.4). What is no host name cannot be written, and is left out.</summary>
    public static StsPolicy Of(StsMode mode, long maxAge, IEnumerable<string> hosts) =>
        new(
            mode,
            [.. hosts.Select(h => MxPattern.TryParse(h, out var pattern, out _) ? pattern : null).OfType<MxPattern>().Distinct()],
            maxAge,
            []
        );
}
