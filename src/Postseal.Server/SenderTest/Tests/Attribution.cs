using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>
/// Whose an observation is. Only RCPT names a test. What a sender does before it, or instead of it, is known by the sender's address: as soon as it has
/// named a test once (it does so for the two domains that are in order), all it did before belongs to that test, too. What resolvers and policy
/// fetchers do has addresses of its own; it goes to the only test there is, of several to the one in which something happens, and to none if that is not one. A TLS report comes a day
/// later, perhaps from a machine of its own: then it goes to the one test of which a message has arrived at the domain, if it is about its time. A test that
/// is final gets nothing any more.
/// </summary>
/// <param name="live">The tests that are open, as they are now.</param>
internal sealed class Attribution(Func<IEnumerable<LiveTest>> live)
{
    private const string ReportMailbox = $"{CaseCatalogue.ReportMailbox}@";

    private readonly Unclaimed _unclaimed = new();
    private readonly HashSet<LiveTest> _warned = [];

    /// <summary>The tests with what is theirs from now on: this observation, and what was seen of the same sender before. Called by one thread.</summary>
    /// <param name="observation">What was seen.</param>
    /// <param name="byPlace">The test to which the domain belongs altogether; null for the domains of all.</param>
    public IEnumerable<(LiveTest Test, Observation Observation)> Of(Observation observation, LiveTest? byPlace)
    {
        if (Mailbox(observation) is { } mailbox)
            return Named(observation, mailbox);

        if (byPlace is not null)
            return byPlace.Takes(observation) ? [(byPlace, observation)] : [];

        var owners = ReportedDomain(observation) is { } domain ? Reporters(observation, domain) : Owners(observation);
        return owners.Where(o => !o.IsFinal(observation.At)).Select(o => (o, observation));
    }

    /// <summary>The tests whose pages warn of something new, once.</summary>
    public IReadOnlyList<LiveTest> TakeWarned()
    {
        LiveTest[] warned = [.. _warned];
        _warned.Clear();
        return warned;
    }

    /// <summary>The page of a test warns of something new.</summary>
    public void Warn(LiveTest test) => Warn(test, isNew: true);

    /// <summary>Something was seen and is lost: it may have been any test's that is open.</summary>
    public void MissAll(DateTimeOffset now)
    {
        foreach (var test in live().Where(t => !t.IsFinal(now)))
            Warn(test, test.Miss());
    }

    /// <summary>Drops what no test can claim any more. May be called by any thread.</summary>
    public void Forget(DateTimeOffset now) =>
        _unclaimed.Forget(live().Where(t => !t.IsFinal(now)).Min(t => (DateTimeOffset?)t.Row.OpenedAt));

    /// <summary>The mailbox of a test that an observation names, if it does.</summary>
    public static string? Mailbox(Observation observation) =>
        observation.NamedRecipient is { } recipient && Address.TryRead(recipient, out var address) ? address.Mailbox : null;

    private IEnumerable<(LiveTest, Observation)> Named(Observation observation, string mailbox)
    {
        if (live().FirstOrDefault(t => t.Row.Mailbox == mailbox) is not { } test || !test.Takes(observation))
            yield break;

        if (observation.Client is { } client && test.Learn(client))
        {
            foreach (var other in live().Where(t => t != test && t.Knows(client)))
            {
                Warn(test, test.Share());
                if (!other.IsFinal(observation.At))
                    Warn(other, other.Share());
            }

            foreach (var earlier in _unclaimed.Claim(client, test.Row.OpenedAt))
                yield return (test, earlier);
        }

        yield return (test, observation);
    }

    private void Warn(LiveTest test, bool isNew)
    {
        if (isNew)
            _warned.Add(test);
    }

    private LiveTest[] Owners(Observation observation)
    {
        LiveTest[] known = observation.Client is { } client ? [.. live().Where(t => t.Knows(client))] : [];
        var owners =
            known.Length == 0 && observation is Observation.Asked or Observation.Fetched ? OnlyActive(observation.At) : known;
        if (observation.Client is { } by && owners.All(t => t.IsFinal(observation.At)))
            _unclaimed.Keep(by, observation);

        return owners;
    }

    private LiveTest[] Reporters(Observation report, string domain)
    {
        LiveTest[] known = report.Client is { } client ? [.. live().Where(t => t.Knows(client))] : [];
        if (known.Length > 0)
            return known;

        LiveTest[] reached = [.. live().Where(t => !t.IsFinal(report.At) && t.HasReached(domain)).Take(2)];
        return reached.Length == 1 && IsAbout(report, reached[0]) ? reached : [];
    }

    // Reports about earlier tests come late, and anybody may post one.
    private static bool IsAbout(Observation report, LiveTest test) =>
        report switch
        {
            Observation.Reported o => o.Period,
            Observation.Delivered o => o.Period,
            _ => null,
        }
            is { } period
        && period.From <= report.At
        && period.Until >= test.Row.OpenedAt;

    // The only test there is gets it, however long ago something happened in it. Of several it is the active one's, but may be another's: each of those may miss it.
    private LiveTest[] OnlyActive(DateTimeOffset now)
    {
        LiveTest[] open = [.. live().Where(t => !t.IsFinal(now))];
        if (open.Length <= 1)
            return open;

        LiveTest[] active = [.. open.Where(t => now - t.LastActive < TestLimits.Active)];
        LiveTest[] owners = active.Length == 1 ? active : [];
        foreach (var test in open.Except(owners))
            Warn(test, test.Miss());

        return owners;
    }

    // What the report is about: reports.c25.ZONE or tls-reports@c25.ZONE.
    private static string? ReportedDomain(Observation observation) =>
        observation is Observation.Reported { Host: var host } ? host[(host.IndexOf('.', StringComparison.Ordinal) + 1)..]
        : observation.NamedRecipient is { } to && to.StartsWith(ReportMailbox, StringComparison.Ordinal)
            ? to[ReportMailbox.Length..]
        : null;
}
