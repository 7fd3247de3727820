using Postseal.Cli.Policyd.Memory;
using Postseal.Protocol.Socketmap;
using Postseal.Resolver.Concurrency;

namespace Postseal.Cli.Policyd.Answers;

/// <summary>The answers given lately, by the key asked for: ASCII, lower case. The warm path; a hit allocates nothing.</summary>
/// <param name="maxPolicies">Policies kept at most: there is room for an answer for each of ordinary size.</param>
/// <param name="memory">What all answers may take: a single one may have a hundred kilobytes.</param>
internal sealed class AnswerTable(int maxPolicies, MemoryBudget memory)
{
    // Twice as many in all, some 200 bytes each: a flood of invented domains takes 6 MB. Such an answer holds a minute, so nobody misses more.
    private const int MaxOthers = 16_384;

    private volatile Kept _kept = new(maxPolicies, memory);

    // Apart, so that invented domains push out no answer that a policy stands behind.
    private sealed class Kept(int maxPolicies, MemoryBudget memory)
    {
        // A quarter more than policies, or asking for all of them in turn would fill the younger generation and make all old again.
        public readonly Generations<string, Answer> OfPolicies = new(
            (int)Math.Min(int.MaxValue, MaxOthers + maxPolicies + (maxPolicies / 4L)),
            StringComparer.Ordinal
        )
        {
            MaxBytes = memory.Answers,
            Weight = Weight,
        };

        public readonly Generations<string, Answer> Others = new(MaxOthers, StringComparer.Ordinal)
        {
            MaxBytes = memory.OtherAnswers,
            Weight = Weight,
        };

        private static int Weight(string key, Answer answer) => (2 * key.Length) + answer.Weight;
    }

    /// <summary>Bytes that they take, about.</summary>
    public long Bytes => _kept is var kept ? kept.OfPolicies.Bytes + kept.Others.Bytes : 0;

    /// <summary>Answers kept now, about.</summary>
    public int Count => _kept is var kept ? kept.OfPolicies.Count + kept.Others.Count : 0;

    /// <summary>Finds an answer by a key as sent. Not found: older answers, and keys that are not ASCII.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, out Answer? answer)
    {
        answer = null;
        if (key.Length is 0 or > Destination.MaxKeyLength)
            return false;

        Span<char> text = stackalloc char[key.Length];
        for (var i = 0; i < key.Length; i++)
        {
            var c = key[i];
            if (c >= 0x80)
                return false;

            text[i] = (char)(c is >= (byte)'A' and <= (byte)'Z' ? c + ('a' - 'A') : c);
        }

        var kept = _kept;
        return kept.OfPolicies.TryGetYoung<ReadOnlySpan<char>>(text, out answer)
            || kept.Others.TryGetYoung<ReadOnlySpan<char>>(text, out answer);
    }

    /// <summary>Finds an answer by its destination, older ones too.</summary>
    public Answer? Find(Destination destination)
    {
        var (kept, key) = (_kept, destination.ToString());
        return kept.OfPolicies.TryGet(key, out var answer) || kept.Others.TryGet(key, out answer) ? answer : null;
    }

    /// <summary>Keeps an answer.</summary>
    public void Put(Destination destination, Answer answer)
    {
        var (kept, key) = (_kept, destination.ToString());
        var (table, other) = answer.IsOfPolicy ? (kept.OfPolicies, kept.Others) : (kept.Others, kept.OfPolicies);
        table.Put(key, answer);
        other.Remove(key); // the domain had a policy before, or had none
    }

    /// <summary>Forgets one answer.</summary>
    public void Remove(Destination destination)
    {
        var (kept, key) = (_kept, destination.ToString());
        kept.OfPolicies.Remove(key);
        kept.Others.Remove(key);
    }

    /// <summary>Forgets all, as when the configuration has changed.</summary>
    public void Clear() => _kept = new(maxPolicies, memory);
}
