using System.Net;
using Postseal.Lab.Https;
using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>What was seen in a test on the web, sorted by whether it is its sender's. Anybody may fetch a policy or ask for a record, and while one test is open
/// it gets all of that.</summary>
/// <param name="Own">What verdicts stand on.</param>
/// <param name="Doubtful">What may be someone else's: it is shown, and decides nothing.</param>
internal sealed record SenderSeen(IReadOnlyList<Observation> Own, IReadOnlyList<Observation> Doubtful)
{
    // Crawlers and curious people look at one domain, perhaps at two; a sender under test comes for all that it writes to.
    private const int EnoughDomains = 3;

    /// <summary>Sorts; pure. What comes from an address that has named a recipient of the test is the sender's. Of fetches and questions from elsewhere, those
    /// are its own whose fetcher has been at enough domains. Large senders fetch from pools of addresses, so a fetcher is known by its User-Agent.
    /// Handshakes that fail and questions for a policy's record tell nothing of the kind: all of a sort are taken together. Other questions, which every sender
    /// has and from which more follows, are known by their address.</summary>
    /// <param name="cases">Of the test.</param>
    /// <param name="mailbox">Of the test.</param>
    /// <param name="seen">In the order of arrival.</param>
    public static SenderSeen Of(IReadOnlyList<SenderCase> cases, string mailbox, IEnumerable<Observation> seen)
    {
        Observation[] all = [.. seen];
        HashSet<IPAddress> clients =
        [
            .. all.Where(o => Attribution.Mailbox(o) == mailbox).Select(o => o.Client).OfType<IPAddress>(),
        ];
        var known = all.Where(IsTelling)
            .GroupBy(Fetcher)
            .Where(g =>
                g.Select(o => cases.FirstOrDefault(c => c.Holds(o.Place))).OfType<SenderCase>().Distinct().Count()
                >= EnoughDomains
            )
            .Select(g => g.Key)
            .ToHashSet();
        var sorted = all.ToLookup(o =>
            o is not Observation.Bounced
            && (Fetcher(o) is not { } by || o.Client is { } client && clients.Contains(client) || known.Contains(by))
        );
        return new([.. sorted[true]], [.. sorted[false]]);
    }

    // Who looks at a web site beside is no fetcher of policies.
    private static bool IsTelling(Observation seen) =>
        seen is not Observation.Fetched { Path: not PolicySite.Path } && Fetcher(seen) is not null;

    /// <summary>By what the fetcher is known; null for what is no fetcher's.</summary>
    public static (Type Kind, string? Name)? Fetcher(Observation seen) =>
        seen switch
        {
            Observation.Fetched o => (o.GetType(), o.UserAgent),
            Observation.Asked { Type: "TXT" } o when o.Name.StartsWith("_mta-sts.", StringComparison.Ordinal) => (
                o.GetType(),
                null
            ),
            Observation.Asked o => (o.GetType(), $"{o.Type} {o.Client}"),
            Observation.HandshakeFailed o when IsPolicyHost(o.Host) => (o.GetType(), null),
            _ => null,
        };

    private static bool IsPolicyHost(string host) => host.StartsWith("mta-sts.", StringComparison.Ordinal);
}
