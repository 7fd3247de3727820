using System.Text;
using CsCheck;
using Postseal.Protocol;
using Xunit;

namespace Postseal.Tests.Protocol;

/// <summary>What holds for every parser whatever it is given: it never throws, it gives a value or an error whose offset lies inside the input,
/// and a value renders to a text that reads back as the same value.</summary>
internal static class ParserLaws
{
    /// <summary>Reads bytes; the input's length is their number.</summary>
    internal delegate (T? Value, ParseError? Error) Parser<T>(byte[] input);

    /// <summary>Tries every prefix of every vector, vectors damaged at random, and noise.</summary>
    public static void Hold<T>(string folder, Parser<T> parse)
        where T : class
    {
        var vectors = CorpusTable.Load(folder) is var table ? table.Keys.Select(table.Input).ToArray() : [];
        foreach (var vector in vectors)
        {
            for (var length = 0; length <= Math.Min(vector.Length, 1000); length++)
                Check(parse, vector[..length]);
        }

        Gen.OneOf(Damaged(vectors), Gen.Byte.Array[0, 200]).Sample(input => Check(parse, input), iter: 5000);
    }

    /// <summary>Vectors in which a few stretches are replaced by bytes that mean something to a parser, or by any bytes.</summary>
    public static Gen<byte[]> Damaged(byte[][] vectors)
    {
        var meaningful = Gen.OneOf([.. ";= \t\r\n:,.*-_v0aZ\0\x7F"u8]);
        var patch = Gen.Select(Gen.Int[0, 1000], Gen.Int[0, 5], Gen.OneOf(meaningful, Gen.Byte).Array[0, 5]);
        return Gen.Select(Gen.OneOf(vectors), patch.Array[1, 4], (vector, patches) => patches.Aggregate(vector, Apply));
    }

    /// <summary>One input: the parser's answer is a value that survives rendering, or an error inside the input.</summary>
    public static void Check<T>(Parser<T> parse, byte[] input)
        where T : class
    {
        var (value, error) = parse(input);
        if (error is not null)
        {
            Assert.Null(value);
            Assert.InRange(error.Offset, 0, input.Length);
        }
        else
        {
            var again = parse(Encoding.UTF8.GetBytes(value!.ToString()!)).Value;
            Assert.Equal(value, again);
            Assert.Equal(value.GetHashCode(), again!.GetHashCode());
        }
    }

    private static byte[] Apply(byte[] input, (int Position, int Length, byte[] Bytes) patch)
    {
        var start = patch.Position % (input.Length + 1);
        var end = Math.Min(input.Length, start + patch.Length);
        return [.. input[..start], .. patch.Bytes, .. input[end..]];
    }
}
