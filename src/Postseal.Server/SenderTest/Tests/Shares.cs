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
internal sealed class Shares
{
    // By a digest of what counts as the same, and no number above TestLimits.OfOneKind: 40 bytes each, where the texts themselves would be some hundred.
    private readonly Dictionary<UInt128, byte> _counts = [];
    private readonly Dictionary<int, int> _strange = []; // by round: whoever floods one leaves the next
    private int _telling;
    private int _own;

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

        var isFull =
            isTelling ? _telling >= TestLimits.Telling
            : isOwn ? _own >= TestLimits.Observations
            : _strange.GetValueOrDefault(round) >= TestLimits.Strange;
        if (isFull)
            return one is Observation.Fetched { Path: not PolicySite.Path } ? Room.Repeated : Room.Missed;

        _counts[key] = (byte)(count + 1);
        if (isTelling)
            _telling++;
        else if (isOwn)
            _own++;
        else
            _strange[round] = _strange.GetValueOrDefault(round) + 1;
        return Room.Free;
    }

    private static UInt128 Digest(object what) =>
        BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(what.ToString()!)));

    // Who cannot be told apart when it is judged need not be told apart here; the others do not use up each other's.
    private static object? Stranger(Observation one) => SenderSeen.Fetcher(one) is { } fetcher ? fetcher : one.Client;
}
