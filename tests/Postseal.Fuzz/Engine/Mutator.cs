using System.Text;

namespace Postseal.Fuzz.Engine;

/// <summary>Makes new inputs out of those that have shown something. The same seed and the same inputs give the same ones.</summary>
internal sealed class Mutator(Random random, FuzzTarget target)
{
    // What parsers tend to stumble over; of numbers the ends of their ranges.
    private static readonly byte[] Octets =
    [
        .. "\0\t\r\n \"%'()*+,-./0189:;<=>?@AZ[\\]_az{|}~"u8,
        0x7F,
        0x80,
        0xBF,
        0xC2,
        0xE2,
        0xED,
        0xFE,
        0xFF,
    ];
    private static readonly byte[][] Numbers =
    [
        .. "-1|0|1|127|128|255|256|65535|65536|2147483647|2147483648|4294967296|9223372036854775807|9223372036854775808|99999999999999999999"
            .Split('|')
            .Select(Encoding.ASCII.GetBytes),
    ];

    private readonly byte[][] _words = [.. target.Words.Select(Encoding.UTF8.GetBytes)];

    /// <summary>A changed input.</summary>
    /// <param name="corpus">Not empty; the later ones are the newer ones, and are taken more often.</param>
    public byte[] Next(IReadOnlyList<byte[]> corpus)
    {
        var input = new List<byte>(Pick(corpus));
        for (var changes = 1 << random.Next(5); changes > 0; changes--)
            Change(input, corpus);

        if (input.Count > target.MaxLength)
            input.RemoveRange(target.MaxLength, input.Count - target.MaxLength);

        return [.. input];
    }

    private byte[] Pick(IReadOnlyList<byte[]> corpus) =>
        random.Next(2) == 0 ? corpus[random.Next(corpus.Count)] : corpus[corpus.Count - 1 - random.Next((corpus.Count + 3) / 4)];

    private void Change(List<byte> input, IReadOnlyList<byte[]> corpus)
    {
        var at = random.Next(input.Count + 1);
        switch (random.Next(11))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = Octet();
                break;
            case 2 when at < input.Count:
                input[at] = unchecked((byte)(input[at] + random.Next(-3, 4)));
                break;
            case 3:
                input.Insert(at, Octet());
                break;
            case 4:
                input.RemoveRange(at, Length(input.Count - at));
                break;
            case 5:
                input.InsertRange(at, Part(input));
                break;
            case 6:
                input.InsertRange(at, Part(Pick(corpus)));
                break;
            case 7: // one begins, another ends
                input.RemoveRange(at, input.Count - at);
                input.AddRange(Part(Pick(corpus), toEnd: true));
                break;
            case 8 when _words.Length > 0:
                Put(input, at, _words[random.Next(_words.Length)]);
                break;
            case 9:
                Put(input, at, Numbers[random.Next(Numbers.Length)]);
                break;
            default:
                Repeat(input, at);
                break;
        }
    }

    private byte Octet() => random.Next(2) == 0 ? Octets[random.Next(Octets.Length)] : (byte)random.Next(256);

    private int Length(int most) =>
        most == 0 ? 0
        : random.Next(4) == 0 ? random.Next(most + 1)
        : Math.Min(most, 1 + random.Next(8));

    private List<byte> Part(IReadOnlyList<byte> of, bool toEnd = false)
    {
        var from = random.Next(of.Count + 1);
        return [.. of.Skip(from).Take(toEnd ? of.Count : Length(of.Count - from))];
    }

    private void Put(List<byte> input, int at, byte[] text)
    {
        if (random.Next(2) == 0)
            input.RemoveRange(at, Math.Min(text.Length, input.Count - at));

        input.InsertRange(at, text);
    }

    // Many of something: what is bounded has its end there.
    private void Repeat(List<byte> input, int at)
    {
        var part = input.GetRange(at, Length(input.Count - at));
        for (var times = 1 << random.Next(9); times > 0 && input.Count < target.MaxLength; times--)
            input.InsertRange(at, part);
    }
}
