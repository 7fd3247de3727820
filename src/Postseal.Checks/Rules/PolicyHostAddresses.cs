using System.Net.Sockets;
using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Resolver.PolicyHost;

namespace Postseal.Checks.Rules;

/// <summary>Whether every address of the policy host serves the same policy. Silent while the policy cannot be had at all: that is accused already.</summary>
public static class PolicyHostAddresses
{
    /// <summary>The IPv6 addresses.</summary>
    public static IEnumerable<Finding> Ipv6(DomainFacts facts)
    {
        if (facts.Sts.Fetch is not { Outcome: FetchOutcome.Body body } fetch)
            yield break;

        var host = PublishLines.PolicyHost(facts);
        var attempts = fetch.Attempts.Where(a => a.Address.AddressFamily == AddressFamily.InterNetworkV6).ToList();
        var odd = attempts.Where(a => Oddity(a, body) is not null).ToList();
        if (odd.Count > 0)
        {
            yield return Finding.Of(
                "host-ipv6",
                Level.Warn,
                host,
                $"Over IPv6 {host} does not serve the policy that it serves elsewhere ({Oddities(odd, body)}). Senders that use IPv6 may get no policy.",
                "Set the web server up in the same way for every address, or remove the AAAA record that does not work.",
                ("addresses", Addresses(odd))
            );
        }
        else if (attempts.Any(IsOurs))
        {
            yield return Finding.Of(
                "host-ipv6",
                Level.Info,
                host,
                $"{host} has an IPv6 address, which could not be tested from here.",
                null,
                ("addresses", Addresses(attempts))
            );
        }
    }

    /// <summary>The IPv4 addresses, and that all agree.</summary>
    public static IEnumerable<Finding> Others(DomainFacts facts)
    {
        if (facts.Sts.Fetch is not { Outcome: FetchOutcome.Body body, Attempts: { Count: > 1 } attempts })
            yield break;

        var host = PublishLines.PolicyHost(facts);
        var odd = attempts
            .Where(a => a.Address.AddressFamily == AddressFamily.InterNetwork && Oddity(a, body) is not null)
            .ToList();
        if (odd.Count > 0)
        {
            yield return Finding.Of(
                "host-multi-ip",
                Level.Warn,
                host,
                $"Not every address of {host} serves the policy ({Oddities(odd, body)}). What a sender gets is left to chance.",
                "Set the web server up in the same way for every address, or remove the A record that does not work.",
                ("addresses", Addresses(odd))
            );
        }
        else if (attempts.All(a => a.Outcome is FetchOutcome.Body && Oddity(a, body) is null))
        {
            yield return Finding.Of(
                "host-multi-ip",
                Level.Ok,
                host,
                $"All {Wording.Number(attempts.Count)} addresses of {host} serve the same policy.",
                null,
                ("addresses", Addresses(attempts))
            );
        }
    }

    // What is wrong at an address; null when nothing is, or nothing is known.
    private static string? Oddity(FetchAttempt attempt, FetchOutcome.Body expected) =>
        attempt.Outcome switch
        {
            FetchOutcome.Failed { Ours: false, Failure: not FetchFailure.AddressRefused } failed => failed.Failure.ToWire(),
            FetchOutcome.Body body when !body.Bytes.Span.SequenceEqual(expected.Bytes.Span) => "another text",
            _ => null,
        };

    private static bool IsOurs(FetchAttempt attempt) => attempt.Outcome is FetchOutcome.Failed { Ours: true };

    private static string Oddities(IReadOnlyCollection<FetchAttempt> attempts, FetchOutcome.Body expected) =>
        Wording.Series([.. attempts.Select(a => $"{a.Address}: {Oddity(a, expected)}")]);

    private static string Addresses(IEnumerable<FetchAttempt> attempts) =>
        Wording.Joined(attempts.Select(a => a.Address.ToString()));
}
