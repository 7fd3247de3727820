using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Mx;
using Postseal.Resolver.Sts;

namespace Postseal.Cli.Commands;

/// <summary>What the options of <c>policy new</c> ask for.</summary>
internal sealed record PolicyDraft(StsMode Mode, long MaxAge, string? Rua)
{
    private const long TestingMaxAge = 86400; // a day: a mistake is soon forgotten (standard.md 8461-3.2-17)
    private const long EnforceMaxAge = 1209600; // two weeks, as long as is practical (RFC 8461 §10.2)
    private const int IdLength = 20; // hex digits of a hash: no two versions of one domain's policy will ever meet

    public static (PolicyDraft? Draft, IReadOnlyList<string> Problems) Read(string? mode, string? maxAge, string? rua)
    {
        var problems = new List<string>();
        StsMode? parsedMode = mode switch
        {
            "testing" => StsMode.Testing,
            "enforce" => StsMode.Enforce,
            "none" => StsMode.None,
            _ => null,
        };
        if (parsedMode is null)
            problems.Add($"--mode takes testing, enforce or none, not '{mode}'");

        var seconds = parsedMode == StsMode.Enforce ? EnforceMaxAge : TestingMaxAge;
        if (
            maxAge is not null
            && (
                !long.TryParse(maxAge, NumberStyles.None, CultureInfo.InvariantCulture, out seconds)
                || seconds > StsPolicy.MaxMaxAge
            )
        )
            problems.Add($"--max-age takes seconds from 0 to {StsPolicy.MaxMaxAge}, not '{maxAge}'");

        if (rua is not null && !IsReportAddress(rua))
            problems.Add($"--rua takes a mailto: or https: address, not '{rua}'");

        return (problems.Count == 0 ? new(parsedMode!.Value, seconds, rua) : null, problems);
    }

    /// <summary>The policy for these hosts: exact names, no wildcards (RFC 8461 §10.4).</summary>
    public StsPolicy For(MxLookup mx)
    {
        var hosts = Mode != StsMode.None && mx is MxLookup.Hosts { InOrder: var inOrder } ? inOrder : [];
        return new(
            Mode,
            [.. hosts.Select(h => MxPattern.TryParse(h.Name.Value, out var pattern, out _) ? pattern : null).OfType<MxPattern>()],
            MaxAge,
            []
        );
    }

    public StsLookup Lookup(MxLookup mx) => new StsLookup.Found(For(mx), Fresh: true);

    /// <summary>The id identifies exactly one version of the text (RFC 8461 §3.1), so it is taken from a hash of it.</summary>
    public static string IdOf(StsPolicy policy) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(policy.ToString())))[..IdLength];

    private static bool IsReportAddress(string text) =>
        TlsRptRecord.TryParse($"v=TLSRPTv1; rua={text}", out var record, out _)
        && record.Rua.All(u => u is not ReportUri.Unusable);
}
