namespace Postseal.Fuzz.Engine;

/// <summary>One parser with what has to hold of it whatever it is given.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Run">Feeds it one input; throws where something does not hold.</param>
internal sealed record FuzzTarget(string Name, Action<byte[]> Run)
{
    /// <summary>Inputs to begin with: vectors of the tests, or some that show every part of the format.</summary>
    public required Func<IEnumerable<byte[]>> Seeds { get; init; }

    /// <summary>Words that mean something to the parser.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Octets of an input. Most parsers bound what they read; longer inputs only cost time.</summary>
    public int MaxLength { get; init; } = 2048;

    /// <summary>Bytes of memory that one input may have allocated: a parser's result is of the size of its input, not of a number that stands in it.</summary>
    public long MaxAllocated { get; init; } = 64L * 1024 * 1024;
}

/// <summary>Something that has to hold does not.</summary>
internal sealed class BrokenInvariantException(string message) : Exception(message);

/// <summary>What has to hold.</summary>
internal static class Invariant
{
    /// <summary>Throws unless it holds.</summary>
    public static void Holds(bool condition, string what)
    {
        if (!condition)
            throw new BrokenInvariantException(what);
    }

    /// <summary>Throws unless both are equal and have the same hash.</summary>
    public static void Same<T>(T expected, T actual, string what)
        where T : notnull => Holds(expected.Equals(actual) && expected.GetHashCode() == actual?.GetHashCode(), what);

    /// <summary>A position inside a text, or at its end.</summary>
    public static void Inside(int offset, int length) =>
        Holds(offset >= 0 && offset <= length, $"offset {offset} lies outside the {length} units of the input");

    /// <summary>The task has ended by itself: nothing in it waits for anything but the input, which is there.</summary>
    public static T Done<T>(Task<T> task)
    {
        Holds(task.IsCompleted, "reading waits though all there is has come");
        return task.GetAwaiter().GetResult();
    }
}
