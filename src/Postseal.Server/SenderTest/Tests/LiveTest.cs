using System.Net;
using Postseal.Lab.Watching;
using Postseal.Server.Hosting;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>A test that is open. What has been seen is in the store; here is what must be known at once.</summary>
/// <param name="Mailbox">The local part of its addresses.</param>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="ExpiresAt">When it is forgotten.</param>
/// <param name="Place">Which of the domains that change are its own; null when all were taken.</param>
public sealed record TestRow(string Mailbox, DateTimeOffset OpenedAt, DateTimeOffset ExpiresAt, int? Place);

/// <summary>The same while the server runs.</summary>
internal sealed class LiveTest(TestRow row, ClientKey? opener, IReadOnlyList<DateTimeOffset> rounds)
{
    private readonly Lock _gate = new();
    private readonly HashSet<IPAddress> _clients = [];
    private readonly Dictionary<(string Place, Type Kind, int Round), int> _counts = [];
    private int _telling;
    private readonly HashSet<string> _reached = new(StringComparer.Ordinal); // mail servers of ours: a few dozen
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TestRow Row => row;

    /// <summary>Who opened it; forgotten when the server ends.</summary>
    public ClientKey? Opener => opener;

    /// <summary>When each round of messages began.</summary>
    public IReadOnlyList<DateTimeOffset> Rounds { get; private set; } = rounds;

    /// <summary>Messages of this round and of those before it are expected.</summary>
    public int Round => Rounds.Count;

    /// <summary>When something happened last.</summary>
    public DateTimeOffset LastActive { get; private set; } = rounds[^1];

    /// <summary>Whether another test that is open has a sender with the same address.</summary>
    public bool IsShared { get; private set; }

    /// <summary>Whether something may have been this test's and was given to nobody; true for one from before the server started, of which it is not known.</summary>
    public bool MissesQuestions { get; private set; } = opener is null;

    /// <summary>Observations kept so far.</summary>
    public int Kept { get; private set; }

    /// <summary>Ends at the next change after this call.</summary>
    public Task ChangeAsync(CancellationToken ct)
    {
        lock (_gate)
            return _changed.Task.WaitAsync(ct);
    }

    /// <summary>Begins another round.</summary>
    public void Begin(DateTimeOffset now)
    {
        Rounds = [.. Rounds, now];
        Touch(now);
    }

    /// <summary>Takes note of an observation and gives its number; null when it is one too many.</summary>
    public int? Count(Observation observation)
    {
        if (
            observation is Observation.Delivered { Recipient: var to }
            && Address.TryRead(to, out var own)
            && own.Mailbox == row.Mailbox
        )
            _reached.Add(observation.Place);

        var key = (observation.Place, observation.GetType(), Rounds.Count(r => r <= observation.At));
        var count = _counts.GetValueOrDefault(key);
        // What verdicts stand on has a share of its own: a sender that tries for days must not drown its last message or its report.
        var isTelling = observation is Observation.Addressed or Observation.Delivered or Observation.Reported;
        var isFull = isTelling ? _telling >= TestLimits.Telling : Kept - _telling >= TestLimits.Observations;
        if (count >= TestLimits.OfOneKind || isFull)
            return null;

        _counts[key] = count + 1;
        _telling += isTelling ? 1 : 0;
        return Kept++;
    }

    /// <summary>Goes on with this number at the least; some may have been lost before the server ended.</summary>
    public void ContinueAt(int number) => Kept = Math.Max(Kept, number);

    /// <summary>Whether a message of the test has arrived at a domain.</summary>
    public bool HasReached(string domain) => _reached.Any(h => h.EndsWith($".{domain}", StringComparison.Ordinal));

    /// <summary>Whether the sender has this address.</summary>
    public bool Knows(IPAddress client) => _clients.Contains(client);

    /// <summary>Learns an address of the sender; true for one that is new.</summary>
    public bool Learn(IPAddress client) => _clients.Count < TestLimits.Clients && _clients.Add(client);

    /// <summary>Something that may have been this test's is given to nobody.</summary>
    public void Miss() => MissesQuestions = true;

    /// <summary>Another test has the same sender.</summary>
    public void Share() => IsShared = true;

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
            _changed.TrySetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
