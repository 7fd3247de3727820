using System.Net;
using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>A test that is open. What has been seen is in the store; here is what must be known at once.</summary>
/// <param name="Mailbox">The local part of its addresses.</param>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="ExpiresAt">When it is forgotten.</param>
/// <param name="Place">Which of the domains that change are its own; null when all were taken.</param>
/// <param name="Opener">Who opened it (<see cref="Openers"/>); null where it is not known.</param>
public sealed record TestRow(string Mailbox, DateTimeOffset OpenedAt, DateTimeOffset ExpiresAt, int? Place, string? Opener)
{
    /// <summary>Where the message of a round goes in a case.</summary>
    public string AddressOf(SenderCase one, int round) => new Address(Mailbox, round, one.Domain).ToString();
}

/// <summary>The same while the server runs.</summary>
/// <param name="row">The test.</param>
/// <param name="rounds">When each round of messages began.</param>
/// <param name="pauses">How long after the beginning of each round its messages are due; one for each round that there can be.</param>
/// <param name="space">The room for observations that all tests share; null for as much of its own.</param>
internal sealed class LiveTest(
    TestRow row,
    IReadOnlyList<DateTimeOffset> rounds,
    IReadOnlyList<TimeSpan> pauses,
    TestSpace? space = null
)
{
    private readonly Lock _gate = new();
    private readonly HashSet<IPAddress> _clients = [];
    private readonly Shares _shares = new(space ?? new());
    private Func<Observation, bool> _isOfPlace = _ => false;
    private bool _hasGivenBack;
    private readonly HashSet<string> _reached = new(StringComparer.Ordinal); // mail servers of ours: a few dozen
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TestRow Row => row;

    /// <summary>When each round of messages began.</summary>
    public IReadOnlyList<DateTimeOffset> Rounds { get; private set; } = rounds;

    /// <summary>Messages of this round and of those before it are expected.</summary>
    public int Round => Rounds.Count;

    /// <summary>How many rounds there can be.</summary>
    public int MostRounds => pauses.Count;

    /// <summary>When the messages of this round are due.</summary>
    public DateTimeOffset SendAt => SendAtOf(Rounds);

    /// <summary>When the test is over, unless another round begins before.</summary>
    public DateTimeOffset FinalAt => SendAt + TestLimits.Final;

    /// <summary>When something happened last.</summary>
    public DateTimeOffset LastActive { get; private set; } = rounds[^1];

    /// <summary>When something of its sender's was seen last, or its visitor went on.</summary>
    public DateTimeOffset LastSeen { get; private set; } = rounds[^1];

    /// <summary>When the domains that were its own were given to another test; null while they were not.</summary>
    public DateTimeOffset? PlaceLostAt { get; private set; }

    /// <summary>Whether another test may have the domains that are its own: nothing of its sender's has been seen for long, and nothing is waited with.</summary>
    public bool IsIdle(DateTimeOffset now) => now - Max(LastSeen, SendAt) >= TestLimits.IdlePlace;

    /// <summary>Whether another test that is open has a sender with the same address.</summary>
    public bool IsShared { get; private set; }

    /// <summary>Whether something may have been this test's and was given to nobody, or was lost when the server started anew.</summary>
    public bool MissesQuestions { get; private set; }

    /// <summary>Why the test has no domains that change, where it has none.</summary>
    public string WhyNoPlace { get; init; } = NoPlace.Forgotten;

    /// <summary>Changes so far; two readings with the same number show the same.</summary>
    public int Version { get; private set; }

    /// <summary>Observations kept so far.</summary>
    public int Kept { get; private set; }

    /// <summary>Observations for which there was no room since the server started.</summary>
    public int NotKept { get; private set; }

    /// <summary>Ends at the next change after this call.</summary>
    public Task ChangeAsync(CancellationToken ct)
    {
        lock (_gate)
            return _changed.Task.WaitAsync(ct);
    }

    /// <summary>Whether the test is over: what is seen from now on is not this test's any more.</summary>
    public bool IsFinal(DateTimeOffset now) => now >= FinalAt;

    /// <summary>Whether an observation counts here. A bounce does also when the test is over: mail servers give up after days, and what it says changes no verdict.</summary>
    public bool Takes(Observation observation) =>
        observation is Observation.Bounced || !IsFinal(observation.At) && !IsOfOthers(observation);

    // What is done at domains that were this test's, and are another's.
    private bool IsOfOthers(Observation observation) =>
        PlaceLostAt is { } lost && observation.At >= lost && _isOfPlace(observation);

    private static DateTimeOffset Max(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private DateTimeOffset SendAtOf(IReadOnlyList<DateTimeOffset> begun) =>
        begun[^1] + pauses.ElementAtOrDefault(begun.Count - 1);

    /// <summary>Begins another round.</summary>
    public void Begin(DateTimeOffset now)
    {
        Rounds = [.. Rounds, now];
        LastSeen = now;
        Touch(now);
    }

    /// <summary>Takes note of an observation and gives its number; null when it is one too many, and <see cref="MissesQuestions"/> if a verdict might have stood on it.</summary>
    public int? Count(Observation observation)
    {
        if (
            observation is Observation.Delivered { Recipient: var to }
            && Address.TryRead(to, out var own)
            && own.Mailbox == row.Mailbox
        )
            _reached.Add(observation.Place);

        var isOwn = Attribution.Mailbox(observation) == row.Mailbox || observation.Client is { } client && Knows(client);
        if (isOwn)
            LastSeen = Max(LastSeen, observation.At);

        switch (_shares.Take(observation, Rounds.Count(r => r <= observation.At), isOwn))
        {
            case Room.Free:
                return Kept++;
            case Room.Missed:
                NotKept++;
                Miss();
                return null;
            default:
                return null;
        }
    }

    /// <summary>Takes the room of an observation that is kept, when nothing is counted any more.</summary>
    public void Hold(Observation observation) => _shares.Hold(observation);

    /// <summary>Gives the room of its observations back.</summary>
    public void Leave() => _shares.GiveBack();

    /// <summary>Goes on with this number at the least; some may have been lost before the server ended.</summary>
    public void ContinueAt(int number) => Kept = Math.Max(Kept, number);

    /// <summary>Whether a message of the test has arrived at a domain.</summary>
    public bool HasReached(string domain) => _reached.Any(h => h.EndsWith($".{domain}", StringComparison.Ordinal));

    /// <summary>Whether the sender has this address.</summary>
    public bool Knows(IPAddress client) => _clients.Contains(client);

    /// <summary>Learns an address of the sender; true for one that is new.</summary>
    public bool Learn(IPAddress client) => _clients.Count < TestLimits.Clients && _clients.Add(client);

    /// <summary>Something that may have been this test's is given to nobody; true when that is new.</summary>
    public bool Miss() => !MissesQuestions && (MissesQuestions = true);

    /// <summary>Another test has the same sender; true when that is new.</summary>
    public bool Share() => !IsShared && (IsShared = true);

    /// <summary>The domains that were its own are another test's from now on.</summary>
    /// <param name="now">When.</param>
    /// <param name="isOfPlace">Whether something was seen at one of them.</param>
    public void LosePlace(DateTimeOffset now, Func<Observation, bool> isOfPlace)
    {
        (_isOfPlace, PlaceLostAt) = (isOfPlace, now);
        Tell();
    }

    /// <summary>Its domains go back to their first state; true the first time.</summary>
    public bool GiveBack() => !_hasGivenBack && (_hasGivenBack = true);

    /// <summary>Something happened.</summary>
    public void Touch(DateTimeOffset now)
    {
        LastActive = now;
        Tell();
    }

    /// <summary>Wakes those who watch.</summary>
    public void Tell()
    {
        lock (_gate)
        {
            Version++;
            _changed.TrySetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
