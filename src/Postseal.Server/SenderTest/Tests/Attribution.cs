using System.Net;
using Postseal.Lab.Watching;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>
/// Whose an observation is. Only RCPT names a test. What a sender does before it, or instead of it, is known by the sender's address: as soon as it has
/// named a test once (it does so for the two domains that are in order), all it did before belongs to that test, too. What resolvers and policy
/// fetchers do has addresses of its own; it goes to the one test in which something happens, and to none if there are several.
/// </summary>
/// <param name="live">The tests that are open, as they are now.</param>
internal sealed class Attribution(Func<IEnumerable<LiveTest>> live)
{
    // Of nobody yet. Oldest first.
    private readonly Queue<Observation> _unclaimed = new();

    /// <summary>The tests with what is theirs from now on: this observation, and what was seen of the same sender before. Called by one thread.</summary>
    /// <param name="observation">What was seen.</param>
    /// <param name="byPlace">The test to which the domain belongs altogether; null for the domains of all.</param>
    public IEnumerable<(LiveTest Test, Observation Observation)> Of(Observation observation, LiveTest? byPlace)
    {
        if (Recipient(observation) is { } mailbox)
            return Named(observation, mailbox);

        if (byPlace is not null)
            return [(byPlace, observation)];

        LiveTest[] owners = observation.Client is { } client ? [.. live().Where(t => t.Knows(client))] : [];
        if (owners.Length == 0 && observation is Observation.Asked or Observation.Fetched && Only(observation.At) is { } only)
            owners = [only];

        if (owners.Length == 0)
            Keep(observation);

        return owners.Select(o => (o, observation));
    }

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

    private LiveTest? Only(DateTimeOffset now)
    {
        var active = live().Where(t => now - t.LastActive < TestLimits.Active).Take(2).ToArray();
        return active.Length == 1 ? active[0] : null;
    }

    private static string? Recipient(Observation observation)
    {
        var recipient = observation switch
        {
            Observation.Addressed o => o.Recipient,
            Observation.Delivered o => o.Recipient,
            _ => "",
        };
        return Address.TryRead(recipient, out var address) ? address.Mailbox : null;
    }
}
