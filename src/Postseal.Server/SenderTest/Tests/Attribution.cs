using System.Net;
using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>
/// Whose an observation is. Only RCPT names a test. What a sender does before it, or instead of it, is known by the sender's address: as soon as it has
/// named a test once (it does so for the two domains that are in order), all it did before belongs to that test, too. What resolvers and policy
/// fetchers do has addresses of its own; it goes to the one test in which something happens, and to none if there are several. A TLS report comes a day
/// later, perhaps from a machine of its own: then it goes to the one test of which a message has arrived at the domain.
/// </summary>
/// <param name="live">The tests that are open, as they are now.</param>
internal sealed class Attribution(Func<IEnumerable<LiveTest>> live)
{
    private const string ReportMailbox = $"{CaseCatalogue.ReportMailbox}@";

    // Of nobody yet. Oldest first.
    private readonly Queue<Observation> _unclaimed = new();

    /// <summary>The tests with what is theirs from now on: this observation, and what was seen of the same sender before. Called by one thread.</summary>
    /// <param name="observation">What was seen.</param>
    /// <param name="byPlace">The test to which the domain belongs altogether; null for the domains of all.</param>
    public IEnumerable<(LiveTest Test, Observation Observation)> Of(Observation observation, LiveTest? byPlace)
    {
        if (Mailbox(observation) is { } mailbox)
            return Named(observation, mailbox);

        if (byPlace is not null)
            return [(byPlace, observation)];

        if (ReportedDomain(observation) is { } domain)
            return Reporters(observation.Client, domain).Select(o => (o, observation));

        LiveTest[] owners = observation.Client is { } client ? [.. live().Where(t => t.Knows(client))] : [];
        if (owners.Length == 0 && observation is Observation.Asked or Observation.Fetched)
            owners = OnlyActive(observation.At);

        if (owners.Length == 0)
            Keep(observation);

        return owners.Select(o => (o, observation));
    }

    /// <summary>The mailbox of a test that an observation names, if it does.</summary>
    public static string? Mailbox(Observation observation) =>
        Recipient(observation) is { } recipient && Address.TryRead(recipient, out var address) ? address.Mailbox : null;

    private IEnumerable<(LiveTest, Observation)> Named(Observation observation, string mailbox)
    {
        if (live().FirstOrDefault(t => t.Row.Mailbox == mailbox) is not { } test)
            yield break;

        if (observation.Client is { } client && test.Learn(client))
        {
            foreach (var other in live().Where(t => t != test && t.Knows(client)))
            {
                other.Share();
                test.Share();
            }

            foreach (var earlier in Claim(client, test.Row.OpenedAt))
                yield return (test, earlier);
        }

        yield return (test, observation);
    }

    private LiveTest[] Reporters(IPAddress? client, string domain)
    {
        LiveTest[] known = client is null ? [] : [.. live().Where(t => t.Knows(client))];
        if (known.Length > 0)
            return known;

        LiveTest[] reached = [.. live().Where(t => t.HasReached(domain)).Take(2)];
        return reached.Length == 1 ? reached : [];
    }

    private void Keep(Observation observation)
    {
        if (observation.Client is null)
            return;

        if (_unclaimed.Count == TestLimits.Unclaimed)
            _unclaimed.Dequeue();

        _unclaimed.Enqueue(observation);
    }

    private List<Observation> Claim(IPAddress client, DateTimeOffset since)
    {
        var (claimed, rest) = (new List<Observation>(), new List<Observation>());
        while (_unclaimed.TryDequeue(out var one))
            (client.Equals(one.Client) && one.At >= since ? claimed : rest).Add(one);

        foreach (var one in rest)
            _unclaimed.Enqueue(one);

        return claimed;
    }

    // Of several it may be any's: each may miss it.
    private LiveTest[] OnlyActive(DateTimeOffset now)
    {
        LiveTest[] active = [.. live().Where(t => now - t.LastActive < TestLimits.Active)];
        if (active.Length <= 1)
            return active;

        foreach (var test in active)
            test.Miss();

        return [];
    }

    // What the report is about: reports.c25.ZONE or tls-reports@c25.ZONE.
    private static string? ReportedDomain(Observation observation) =>
        observation is Observation.Reported { Host: var host } ? host[(host.IndexOf('.', StringComparison.Ordinal) + 1)..]
        : Recipient(observation) is { } to && to.StartsWith(ReportMailbox, StringComparison.Ordinal) ? to[ReportMailbox.Length..]
        : null;

    private static string? Recipient(Observation observation) =>
        observation switch
        {
            Observation.Addressed o => o.Recipient,
            Observation.Delivered o => o.Recipient,
            _ => null,
        };
}
