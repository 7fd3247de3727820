using Postseal.Protocol.Socketmap;
using Postseal.Resolver.Concurrency;

namespace Postseal.Cli.Policyd.Answers;

/// <summary>The answers given lately, by the key asked for: ASCII, lower case. The warm path; a hit allocates nothing.</summary>
internal sealed class AnswerTable
{
    // Twice as many in all, some 300 bytes each: a flood of invented domains takes 20 MB and pushes out only what nobody asks for.
    private const int Capacity = 32_768;

    private Generations<string, Answer> _answers = new(Capacity, StringComparer.Ordinal);

    /// <summary>Answers kept now, about.</summary>
    public int Count => Volatile.Read(ref _answers).Count;

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

        return Volatile.Read(ref _answers).TryGetYoung<ReadOnlySpan<char>>(text, out answer);
    }

    /// <summary>Finds an answer by its destination, older ones too.</summary>
    public Answer? Find(Destination destination) =>
        Volatile.Read(ref _answers).TryGet(destination.ToString(), out var answer) ? answer : null;

    /// <summary>Keeps an answer.</summary>
    public void Put(Destination destination, Answer answer) => Volatile.Read(ref _answers).Put(destination.ToString(), answer);

    /// <summary>Forgets one answer.</summary>
    public void Remove(Destination destination) => Volatile.Read(ref _answers).Remove(destination.ToString());

    /// <summary>Forgets all, as when the configuration has changed.</summary>
    public void Clear() => Volatile.Write(ref _answers, new(Capacity, StringComparer.Ordinal));
}
