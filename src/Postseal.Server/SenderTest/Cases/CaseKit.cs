using Postseal.Lab.Certificates;
using Postseal.Lab.Domains;
using Postseal.Lab.Tls;

namespace Postseal.Server.SenderTest.Cases;

/// <summary>What the cases are made of.</summary>
internal sealed class CaseKit(string zone, Func<string, bool> accepts, string policyId, Func<LabDomain, LabDomain> place)
{
    /// <summary>A certificate that no client accepts.</summary>
    public static readonly TlsFace Untrusted = Face(new() { Issuer = LeafIssuer.UnknownIntermediate });

    // Senders that fetch after they have delivered (Gmail) know the policy by then.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    // Senders take a record that they have seen as still true for a minute, whatever its TTL.
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(70);

    // Records change while a test runs.
    private const int ShortTtl = 5;

    /// <summary>A domain with a healthy mail server and no policy.</summary>
    public LabDomain Plain(string id) => LabDomain.Plain($"{id.ToLowerInvariant()}.{zone}", "");

    /// <summary>The same with a valid enforce policy.</summary>
    public LabDomain Sts(string id) => Plain(id).AddSts(policyId);

    /// <summary>The record that tells of another policy than the first.</summary>
    public string NextRecord => $"v=STSv1; id={PolicyIds.After(policyId)};";

    /// <summary>A case.</summary>
    public SenderCase Case(
        string id,
        string title,
        string fault,
        Expectation expected,
        string expectedText,
        string wrongSign,
        string remedy,
        string rules,
        string[] requirements,
        IEnumerable<CaseStage> stages
    )
    {
        // What is one domain stays one: stages of the same state are known by it.
        var finished = new Dictionary<LabDomain, LabDomain>(ReferenceEqualityComparer.Instance);
        return new(
            id,
            title,
            fault,
            expected,
            expectedText,
            wrongSign,
            remedy,
            rules,
            requirements,
            [.. stages.Select(Finished)]
        );

        CaseStage Finished(CaseStage stage)
        {
            if (!finished.TryGetValue(stage.Domain, out var domain))
                finished.Add(stage.Domain, domain = place(Finish(stage.Domain, fault)));
            return stage with { Domain = domain };
        }
    }

    /// <summary>One message says it all.</summary>
    public static IEnumerable<CaseStage> Once(LabDomain domain) => [new(domain, IsPriming: false, TimeSpan.Zero)];

    /// <summary>A first message lets the sender learn the policy, a second one counts.</summary>
    public static IEnumerable<CaseStage> Primed(LabDomain domain) =>
        [new(domain, IsPriming: true, TimeSpan.Zero), new(domain, IsPriming: false, Pause)];

    /// <summary>The domain changes; only the message in its last state counts.</summary>
    public static IEnumerable<CaseStage> Changing(params ReadOnlySpan<LabDomain> states)
    {
        var stages = new List<CaseStage>();
        foreach (var state in states)
            stages.Add(new(state, IsPriming: stages.Count < states.Length - 1, stages.Count == 0 ? TimeSpan.Zero : Recheck));
        return stages;
    }

    /// <summary>A server that shows this.</summary>
    public static TlsFace Face(Leaf leaf) => new() { Leaf = leaf };

    private LabDomain Finish(LabDomain plain, string fault)
    {
        var domain = plain with { Fault = fault, Records = [.. plain.Records.Select(r => r with { Ttl = ShortTtl })] };
        var mailbox = domain.Records.Any(r => r.Owner == "_smtp._tls") ? $"{CaseCatalogue.ReportMailbox}@{domain.Name}" : null;
        // RFC 5321 §4.5.1: whoever takes mail for a domain takes the postmaster's.
        var (ending, postmaster) = ($"@{domain.Name}", $"postmaster@{domain.Name}");
        return domain.Receiver(r =>
            r with
            {
                Accepts = address =>
                    address.EndsWith(ending, StringComparison.Ordinal)
                    && (address == mailbox || address == postmaster || accepts(address)),
            }
        );
    }
}

/// <summary>Changes that several cases share.</summary>
internal static class CaseDomains
{
    /// <summary>Makes the policy name another host than the domain has: who uses it does not deliver.</summary>
    public static LabDomain Refusing(this LabDomain domain) => domain.Enforce($"elsewhere.{domain.Name}");

    /// <summary>Makes every server show a certificate that no client accepts.</summary>
    public static LabDomain Broken(this LabDomain domain) => domain.ReceiverTls(CaseKit.Untrusted);
}
