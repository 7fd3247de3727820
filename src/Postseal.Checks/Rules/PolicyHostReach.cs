using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Resolver.PolicyHost;

namespace Postseal.Checks.Rules;

/// <summary>Whether the policy host has an address and takes connections (RFC 8461 §3.3). Without a valid record nobody asks for it, nor do these rules.</summary>
public static class PolicyHostReach
{
    /// <summary>The addresses of the policy host.</summary>
    public static IEnumerable<Finding> Address(DomainFacts facts)
    {
        if (facts.Sts.Fetch is not { } fetch)
            yield break;

        var host = PublishLines.PolicyHost(facts);
        if (fetch.Outcome is FetchOutcome.Failed { Failure: FetchFailure.DnsFailed } unknown)
        {
            yield return Finding.Of(
                "host-dns",
                Level.Unknown,
                host,
                $"The address of {host} could not be looked up, so it is not known whether senders get the policy.",
                "Try again later; if it stays so, look at the domain's name servers.",
                ("detail", unknown.Detail)
            );
        }
        else if (fetch.Outcome is FetchOutcome.Failed { Failure: FetchFailure.AddressRefused } refused)
        {
            yield return Finding.Of(
                "host-dns",
                Level.Off,
                host,
                $"{host} has only addresses that the Internet cannot reach (private or reserved), so senders cannot fetch the policy.",
                $"Publish a public address: {host}. IN A <address of your web server>",
                ("detail", refused.Detail)
            );
        }
        else if (fetch.Outcome is FetchOutcome.Failed { Failure: FetchFailure.DnsAbsent } absent)
            yield return NoAddress(facts, fetch, absent);
        else
            yield return HasAddress(host, fetch);
    }

    /// <summary>TCP connections to the policy host.</summary>
    public static IEnumerable<Finding> Connection(DomainFacts facts)
    {
        if (facts.Sts.Fetch?.Outcome is not FetchOutcome.Failed { Failure: FetchFailure.Tcp } failed)
            yield break;

        var host = PublishLines.PolicyHost(facts);
        yield return Lost(
            "host-tcp",
            facts,
            failed,
            failed.Ours
                ? $"{host} could not be reached from here, which says nothing about other networks."
                : $"{host} does not accept connections, so senders cannot fetch the policy.",
            failed.Ours
                ? "Try again from another network."
                : $"Start the web server for HTTPS (port 443) and open the firewall to everyone; then this must show the policy: {PublishLines.PolicyUrl(facts)}",
            ("addresses", Addresses(facts.Sts.Fetch))
        );
    }

    /// <summary>The attempt that a sender would have stopped at; null when no address was tried.</summary>
    internal static FetchAttempt? Decisive(PolicyFetch fetch) =>
        fetch.Attempts.FirstOrDefault(a => a.Outcome == fetch.Outcome)
        ?? fetch.Attempts.FirstOrDefault(a => a.Outcome.GetType() == fetch.Outcome.GetType());

    /// <summary>Whose server answers for the policy host, where it is an alias: they may not know this domain.</summary>
    internal static string Stranger(DomainFacts facts) =>
        facts.Sts.Fetch?.Aliases is [.., var target]
            ? $" The host is a CNAME to {target}: if that is a provider, you may not be a customer there, or not any more."
            : "";

    /// <summary>No policy can be had, for one reason; unknown where that reason is our own.</summary>
    internal static Finding Lost(
        string id,
        DomainFacts facts,
        FetchOutcome.Failed failed,
        string summary,
        string remedy,
        params ReadOnlySpan<(string Name, string Value)> evidence
    ) =>
        Finding.Of(
            id,
            failed.Ours ? Level.Unknown : Level.Off,
            PublishLines.PolicyHost(facts),
            summary,
            remedy,
            [("detail", failed.Detail), .. evidence]
        );

    private static Finding HasAddress(string host, PolicyFetch fetch) =>
        Finding.Of(
            "host-dns",
            Level.Ok,
            host,
            fetch.Aliases is [.., var target] ? $"{host} has an address, by way of {target}." : $"{host} has an address.",
            null,
            ("addresses", Addresses(fetch)),
            ("aliases", Wording.Joined(fetch.Aliases.Select(a => a.Value)))
        );

    private static Finding NoAddress(DomainFacts facts, PolicyFetch fetch, FetchOutcome.Failed failed)
    {
        var host = PublishLines.PolicyHost(facts);
        var delegated = DiscoveryRecordTexts.Target(facts.Sts.Txt);
        var (summary, remedy) = (fetch.Host, fetch.Aliases, delegated) switch
        {
            (null, _, _) => (
                $"{facts.Domain} is too long a name for a policy host in front of it, so it cannot have a policy.",
                $"Use a shorter domain for mail, and remove the record at {PublishLines.RecordName(facts)}."
            ),
            (_, [.., var target], _) => (
                $"{host} is a CNAME to {target}, which has no address, so senders cannot fetch the policy.",
                $"Ask the operator of {target} whether it still serves your domain, or point the CNAME to a host that does."
            ),
            (_, _, { } provider) => (
                $"{host} has no address, so senders cannot fetch the policy. "
                    + $"The record is delegated to {provider}, but a CNAME for the record alone does not delegate the policy.",
                $"Ask the operator of {provider} for the name of its policy host, then publish:\n{host}. IN CNAME <policy host of the provider>."
            ),
            _ => (
                $"{host} has no address, so senders cannot fetch the policy.",
                $"Publish the address of the web server that serves the policy:\n{host}. IN A <address of your web server>"
            ),
        };
        return Finding.Of("host-dns", Level.Off, host, summary, remedy, ("detail", failed.Detail));
    }

    private static string Addresses(PolicyFetch fetch) => Wording.Joined(fetch.Attempts.Select(a => a.Address.ToString()));
}
