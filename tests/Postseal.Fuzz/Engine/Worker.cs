using System.Diagnostics;
using System.Globalization;

namespace Postseal.Fuzz.Engine;

/// <summary>Fuzzes one target in this process, until the time is over or something does not hold.</summary>
internal sealed class Worker(FuzzTarget target, CurrentInput current)
{
    // One input takes microseconds. A second, three times in a row, is not this machine's being busy.
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(1);

    // Making a failure's input small.
    private static readonly TimeSpan Trimming = TimeSpan.FromSeconds(5);

    private readonly Coverage _coverage = new();
    private readonly List<byte[]> _corpus = [];

    /// <summary>Inputs tried.</summary>
    public long Runs { get; private set; }

    /// <summary>Branches of our code taken; 0 without instrumentation.</summary>
    public int Branches => _coverage.Branches;

    /// <summary>Inputs that went a way of their own.</summary>
    public int Interesting => _corpus.Count;

    /// <summary>Tries inputs; null when all of them held.</summary>
    /// <param name="seed">Of the numbers that choose what is changed.</param>
    /// <param name="kept">A folder of inputs that showed something in earlier runs, to begin with and to add to; null for none.</param>
    public FuzzFailure? Fuzz(int seed, TimeSpan time, string? kept)
    {
        var began = Stopwatch.GetTimestamp();
        var mutator = new Mutator(new(seed), target);
        IEnumerable<byte[]> known = kept is null
            ? []
            : Directory.EnumerateFiles(kept).Order(StringComparer.Ordinal).Select(File.ReadAllBytes);
        foreach (var input in target.Seeds().Append([]).Concat(known).Where(i => i.Length <= target.MaxLength))
        {
            if (Try(input) is { } failure)
                return failure;

            if (_coverage.End() || Branches == 0)
                _corpus.Add(input);
        }

        while (Stopwatch.GetElapsedTime(began) < time)
        {
            var input = mutator.Next(_corpus);
            if (Try(input) is { } failure)
                return failure with { Input = Trim(failure) };

            if (!_coverage.End())
                continue;

            _corpus.Add(input);
            if (kept is not null)
                File.WriteAllBytes(
                    Path.Combine(kept, $"{seed:x8}-{_corpus.Count.ToString("d6", CultureInfo.InvariantCulture)}"),
                    input
                );
        }

        return null;
    }

    /// <summary>Tries one input.</summary>
    public FuzzFailure? Try(byte[] input)
    {
        current.Set(input);
        Runs++;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var began = Stopwatch.GetTimestamp();
        _coverage.Begin();
        try
        {
            target.Run(input);
        }
        catch (Exception e) // whatever it is, it is what we look for
        {
            return new(input, e.GetType().Name, e.ToString());
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > target.MaxAllocated)
            return new(input, "memory", $"{input.Length} octets of input made it allocate {allocated / 1024} KB.");

        return Stopwatch.GetElapsedTime(began) > TooLong && IsSlow(input)
            ? new(input, "time", $"{input.Length} octets of input take it longer than {TooLong.TotalSeconds} s.")
            : null;
    }

    private bool IsSlow(byte[] input)
    {
        for (var tries = 0; tries < 3; tries++)
        {
            var began = Stopwatch.GetTimestamp();
            target.Run(input);
            if (Stopwatch.GetElapsedTime(began) <= TooLong)
                return false;
        }

        return true;
    }

    // Leaves out what the same failure does not need.
    private byte[] Trim(FuzzFailure failure)
    {
        var began = Stopwatch.GetTimestamp();
        var input = failure.Input;
        for (var part = Math.Max(1, input.Length / 2); part >= 1; part /= 2)
        {
            for (var at = 0; at < input.Length && Stopwatch.GetElapsedTime(began) < Trimming; )
            {
                byte[] shorter = [.. input[..at], .. input[Math.Min(input.Length, at + part)..]];
                if (Try(shorter) is { } same && same.Kind == failure.Kind)
                    input = shorter;
                else
                    at += part;
            }
        }

        return input;
    }
}

/// <summary>An input for which something does not hold.</summary>
/// <param name="Input">The input.</param>
/// <param name="Kind">Which failure, in a word: an exception's type, <c>time</c>, <c>memory</c>.</param>
/// <param name="Detail">For people.</param>
internal sealed record FuzzFailure(byte[] Input, string Kind, string Detail);
