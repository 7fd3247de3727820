using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Mx;
using Postseal.Resolver.Sts;

namespace Postseal.Checks.Rules;

/// <summary>The policy's <c>mx</c> lines against the MX records (RFC 8461 §4.1). Silent without a policy in mode testing or enforce.</summary>
public static class MxCoverage
{
    // The reason code that a decision gives for a host outside the policy (D-RES-8).
    private const string NotInPolicy = "mx-not-in-policy";

    /// <summary>Which hosts the policy covers, and the line that is missing for each that it does not.</summary>
    public static IEnumerable<Finding> Uncovered(DomainFacts facts)
    {
        if (Policy(facts) is not { } policy)
            yield break;

        foreach (var host in Hosts(facts))
            yield return policy.Mx.FirstOrDefault(p => p.Matches(host.Host.Name)) is { } pattern
                ? Covered(host.Host.Name, pattern)
                : Uncovered(host, policy, Why(facts, policy, host.Host.Name));
    }

    /// <summary>The likely reason, for those to whom the missing line says too little.</summary>
    public static IEnumerable<Finding> Hints(DomainFacts facts)
    {
        if (Policy(facts) is not { } policy)
            yield break;

        foreach (var host in Hosts(facts).Select(h => h.Host.Name).Where(h => !policy.Covers(h)))
        {
            var why = Why(facts, policy, host);
            yield return why is { Class: MismatchClass.WildcardTooShallow, Nearest: { } shallow }
                ? Depth(host, shallow)
                : Finding.Of(
                    "mx-mismatch-class",
                    Level.Info,
                    host.Value,
                    Explain(host, why),
                    null,
                    ("class", why.Class.ToWire()),
                    ("pattern", why.Nearest?.ToString() ?? "")
                );
        }
    }

    /// <summary>Some hosts are covered, others are not.</summary>
    public static IEnumerable<Finding> Partly(DomainFacts facts)
    {
        if (Policy(facts) is not { } policy)
            yield break;

        var hosts = Hosts(facts).Select(h => h.Host.Name).ToLookup(policy.Covers);
        if (!hosts[true].Any() || !hosts[false].Any())
            yield break;

        yield return Finding.Of(
            "mx-partly-uncovered",
            Level.Warn,
            facts.Domain.Value,
            $"The policy covers only {Wording.Number(hosts[true].Count())} of {Wording.Number(hosts.Sum(g => g.Count()))} MX hosts, "
                + "so for senders that enforce it the others are no backup.",
            "Bring policy and MX records together; each host that is missing is named on its own.",
            ("covered", Wording.Joined(hosts[true].Select(h => h.Value))),
            ("uncovered", Wording.Joined(hosts[false].Select(h => h.Value)))
        );
    }

    /// <summary>Lines that match no host. Legal, but they also let in whoever gets hold of such a name.</summary>
    public static IEnumerable<Finding> Unused(DomainFacts facts)
    {
        if (Policy(facts) is not { } policy || facts.Mx is not MxLookup.Hosts)
            yield break;

        var names = Hosts(facts).Select(h => h.Host.Name).ToList();
        var accused = names.Where(h => !policy.Covers(h)).Select(h => Why(facts, policy, h).Nearest).ToHashSet();
        var unused = policy
            .Mx.Distinct()
            .Where(p => !names.Any(p.Matches) && !accused.Contains(p) && !HasOwnFinding(p, facts.Domain))
            .Select(p => p.ToString())
            .ToList();

        // With no host covered at all, the whole policy is beside the point, and the hosts say so.
        if (unused.Count == 0 || !names.Any(policy.Covers))
            yield break;

        yield return Finding.Of(
            "mx-pattern-unused",
            Level.Warn,
            facts.Domain.Value,
            $"No MX host matches these lines of the policy: {Wording.Series(unused)}.",
            $"Remove what you no longer use, so that nobody else can take your mail under that name: mx: {Wording.Quote(unused[0])}",
            ("patterns", Wording.Joined(unused))
        );
    }

    private static StsPolicy? Policy(DomainFacts facts) =>
        facts.Sts.Lookup is StsLookup.Found { Policy: { Mode: not StsMode.None } policy } ? policy : null;

    private static IEnumerable<MxHostFacts> Hosts(DomainFacts facts) => facts.Hosts.Where(h => !MxRecords.IsLeftover(facts, h));

    private static Mismatch Why(DomainFacts facts, StsPolicy policy, DomainName host) =>
        Mismatch.Classify(host, facts.Domain, policy.Mx, [.. facts.Hosts.Select(h => h.Host.Name)]);

    private static Finding Covered(DomainName host, MxPattern pattern) =>
        Finding.Of(
            "mx-uncovered",
            Level.Ok,
            host.Value,
            $"{host} is covered by mx: {pattern}",
            null,
            ("pattern", pattern.ToString())
        );

    private static Finding Uncovered(MxHostFacts host, StsPolicy policy, Mismatch why)
    {
        var name = host.Host.Name;
        var refused = host.Decision is Decision.Refuse { ReasonCode: NotInPolicy };
        var means = (policy.Mode, refused) switch
        {
            (StsMode.Testing, _) => "but it is in testing mode, so mail still arrives; under enforce it would be refused.",
            (_, true) => "so senders that enforce it do not deliver to this host.",
            _ => "so senders that do not know DANE do not deliver to this host.",
        };
        var isEnforced = policy.Mode is StsMode.Enforce && refused;
        return Finding.Of(
            "mx-uncovered",
            isEnforced ? Level.Breaks : Level.Warn,
            name.Value,
            $"No mx line of the policy covers {name}, {means}",
            Remedy(name, why),
            ("class", why.Class.ToWire()),
            ("line", $"mx: {name}"),
            ("nearest", why.Nearest?.ToString() ?? ""),
            ("patterns", Wording.Joined(policy.Mx.Select(p => p.ToString())))
        );
    }

    private static string Remedy(DomainName host, Mismatch why) =>
        why switch
        {
            { Class: MismatchClass.Typo or MismatchClass.Tld or MismatchClass.ListsMtaStsHost, Nearest: { } wrong } =>
                $"In the policy replace mx: {wrong} by this line, then change the id in the _mta-sts record:\nmx: {host}",
            { Class: MismatchClass.OldLooking or MismatchClass.OtherZone } =>
                $"If this host is to take your mail, add this line to the policy and then change the id in the _mta-sts record "
                    + $"(if not, remove its MX record):\nmx: {host}",
            _ => $"Add this line to the policy, then change the id in the _mta-sts record:\nmx: {host}",
        };

    private static Finding Depth(DomainName host, MxPattern shallow) =>
        Finding.Of(
            "mx-wildcard-depth",
            Level.Warn,
            host.Value,
            $"mx: {shallow} stands for exactly one label in front of {shallow.Domain}, and {host} has more.",
            $"Put the wildcard where the names differ:\nmx: *.{host.Parent}",
            ("pattern", shallow.ToString()),
            ("line", $"mx: *.{host.Parent}")
        );

    private static string Explain(DomainName host, Mismatch why) =>
        why.Class switch
        {
            MismatchClass.Tld => $"mx: {why.Nearest} differs from {host} only in its ending.",
            MismatchClass.Typo => $"mx: {why.Nearest} is almost {host}: probably a typing error.",
            MismatchClass.ListsMtaStsHost =>
                $"mx: {why.Nearest} is the web server of the policy; an mx line names the mail server, here {host}.",
            MismatchClass.ThirdLabel =>
                $"mx: {why.Nearest} is a neighbour of {host}: perhaps the server was added or renamed later.",
            MismatchClass.OldLooking =>
                $"The policy names no host near {host}: perhaps it still describes a former mail provider.",
            _ => $"The policy covers other MX hosts, but nothing near {host}: perhaps a second provider was added later.",
        };

    // Addresses and the policy host in mx lines are accused by the rules about the policy text.
    private static bool HasOwnFinding(MxPattern pattern, DomainName domain) =>
        pattern.IsAddress || Mismatch.IsPolicyHost(pattern, domain);
}
