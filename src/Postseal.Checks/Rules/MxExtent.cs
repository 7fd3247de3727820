using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Resolver.Mx;
using Postseal.Smtp.Probe;

namespace Postseal.Checks.Rules;

/// <summary>How much of a domain's mail servers was tested: a check has bounds (<see cref="CheckBudget"/>), and what it leaves out it says.</summary>
public static class MxExtent
{
    /// <summary>Hosts, and addresses of hosts, beyond what one check tests.</summary>
    public static IEnumerable<Finding> Partly(DomainFacts facts)
    {
        if (facts.Mx is not MxLookup.Hosts { InOrder.Count: var all })
            yield break;

        if (all > facts.Hosts.Count)
            yield return Left(facts.Domain.Value, "MX hosts", all, facts.Hosts.Count);

        foreach (var host in facts.Hosts)
        {
            var addresses = MxAddresses.Addresses(host).Distinct().Count();
            var tested = host.Sessions.Count(s => s.Probe.Stop is not ProbeStop.OverBudget);
            if (tested > 0 && addresses > tested) // of a host without one, smtp-unreachable says so
                yield return Left(host.Host.Name.Value, "addresses", addresses, tested);
        }
    }

    private static Finding Left(string subject, string what, int all, int tested) =>
        Finding.Of(
            "mx-partly-tested",
            Level.Info,
            subject,
            $"{subject} has {Wording.Number(all)} {what}; {Wording.Number(tested)} of them were tested, and the others may differ.",
            "Test the others one by one: postseal probe HOST.",
            ("all", Wording.Number(all)),
            ("tested", Wording.Number(tested))
        );
}
