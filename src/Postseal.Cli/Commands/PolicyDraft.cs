using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Postseal.Checks.Export;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Mx;
using Postseal.Resolver.Sts;

namespace Postseal.Cli.Commands;

/// <summary>What the options of <c>policy new</c> ask for.</summary>
internal sealed record PolicyDraft(StsMode Mode, long MaxAge, string? Rua)
{
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

        var seconds = ProposedPolicy.MaxAge(parsedMode ?? StsMode.Testing);
        if (
            maxAge is not null
            && (
                !long.TryParse(maxAge, NumberStyles.None, CultureInfo.InvariantCulture, out seconds)
                || seconds > StsPolicy.MaxMaxAge
            )
        )
            problems.Add($"--max-age takes seconds from 0 to {StsPolicy.MaxMaxAge}, not '{maxAge}'");

        if (rua is not null && !ProposedReports.IsAddress(rua))
            problems.Add($"--rua takes a mailto: or https: address, not '{rua}'");

        return (problems.Count == 0 ? new(parsedMode!.Value, seconds, rua) : null, problems);
    }

    /// <summary>The policy for these hosts.</summary>
    public StsPolicy For(MxLookup mx)
    {
        var hosts = Mode != StsMode.None && mx is MxLookup.Hosts { InOrder: var inOrder } ? inOrder : [];
        return ProposedPolicy.Of(Mode, MaxAge, hosts.Select(h => h.Name.Value));
    }

    public StsLookup Lookup(MxLookup mx) => new StsLookup.Found(For(mx), Fresh: true);

    /// <summary>The id identifies exactly one version of the text (RFC 8461 §3.1), so it is taken from a hash of it.</summary>
    public static string IdOf(StsPolicy policy) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(policy.ToString())))[..IdLength];
}
