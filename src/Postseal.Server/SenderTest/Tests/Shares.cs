using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Postseal.Lab.Https;
using Postseal.Lab.Watching;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>What becomes of an observation.</summary>
internal enum Room
{
    /// <summary>It is kept.</summary>
    Free,

    /// <summary>The same has been kept often enough.</summary>
    Repeated,

    /// <summary>There is no room any more, and a verdict might have stood on it.</summary>
    Missed,
}

/// <summary>How much is kept of a test: what verdicts stand on, what else its sender does, and what others do have a share each, and none uses up another's.</summary>
/// <param name="space">The room that all tests share.</param>
internal sealed class Shares(TestSpace space)
{
    // By a digest of what counts as the same, and no number above TestLimits.OfOneKind: 40 bytes each, where the texts themselves would be some hundred.
    private readonly Dictionary<UInt128, byte> _counts = [];
    private readonly Dictionary<int, Taken> _strange = []; // by round: whoever floods one leaves the next
    private readonly Taken _telling = new(TestLimits.Telling, TestLimits.TellingBytes);
    private readonly Taken _own = new(TestLimits.Observations, TestLimits.OwnBytes);
    private long _bytes;

    /// <summary>Takes room for one.</summary>
    /// <param name="one">What was seen.</param>
    /// <param name="round">When.</param>
    /// <param name="isOwn">Whether it comes from an address of the sender.</param>
    public Room Take(Observation one, int round, bool isOwn)
    {
        // A sender that tries for days must not drown its last message or its report.
        var isTelling = one is Observation.Addressed or Observation.Delivered or Observation.Reported;
        // Nor must other pages of a policy host use up the share of its policy, or one kind of question that of another.
        var isPolicy = one is Observation.Fetched { Path: PolicySite.Path, Status: 200 };
        var (type, id) = one is Observation.Asked asked ? (asked.Type, asked.PolicyId) : (null, null);
        var key = Digest((one.Place, one.GetType(), isPolicy, type, id, round, isOwn, isOwn ? null : Stranger(one)));
        var count = _counts.GetValueOrDefault(key);
        if (count >= (!isOwn && type is not null ? TestLimits.OfOneQuestion : TestLimits.OfOneKind))
            return Room.Repeated;

        var share =
            isTelling ? _telling
            : isOwn ? _own
            : Strange(round);
        var bytes = ObservationText.BytesOf(one) + TestLimits.RowBytes;
        if (!share.HasRoom(bytes) || !space.TryTake(Shared(_bytes + bytes) - Shared(_bytes)))
            return one is Observation.Fetched { Path: not PolicySite.Path } ? Room.Repeated : Room.Missed;

        _counts[key] = (byte)(count + 1);
        share.Add(bytes);
        _bytes += bytes;
        return Room.Free;
    }

    /// <summary>Takes the room of one that is kept already, and is not counted any more.</summary>
    public void Hold(Observation one)
    {
        var bytes = ObservationText.BytesOf(one) + TestLimits.RowBytes;
        space.Take(Shared(_bytes + bytes) - Shared(_bytes));
        _bytes += bytes;
    }

    /// <summary>Gives back all that was taken of the room of all tests; for the end of the test.</summary>
    public void GiveBack() => space.GiveBack(Shared(Interlocked.Exchange(ref _bytes, 0)));

    private static long Shared(long bytes) => Math.Max(0, bytes - TestLimits.ReservedBytes);

    private Taken Strange(int round) =>
        _strange.TryGetValue(round, out var taken) ? taken : _strange[round] = new(TestLimits.Strange, TestLimits.StrangeBytes);

    private static UInt128 Digest(object what) =>
        BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(what.ToString()!)));

    // Who cannot be told apart when it is judged need not be told apart here; the others do not use up each other's.
    private static object? Stranger(Observation one) => SenderSeen.Fetcher(one) is { } fetcher ? fetcher : one.Client;

    private sealed class Taken(int most, long mostBytes)
    {
        private int _count;
        private long _bytes;

        public bool HasRoom(int bytes) => _count < most && _bytes + bytes <= mostBytes;

        public void Add(int bytes) => (_count, _bytes) = (_count + 1, _bytes + bytes);
    }
}
