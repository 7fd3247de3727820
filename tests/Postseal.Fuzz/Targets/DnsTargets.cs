using System.Text;
using DnsClient;
using DnsClient.Protocol;
using Postseal.Lab.Dns;
using Postseal.Resolver.Dns;

namespace Postseal.Fuzz.Targets;

/// <summary>What is ours of reading DNS; the messages themselves are read by DnsClient and, in the lab, by ARSoft.Tools.Net.</summary>
internal static class DnsTargets
{
    public static IEnumerable<FuzzTarget> All =>
        [
            new("dns-text", TxtStrings)
            {
                Seeds = () =>
                    Seeds.Vectors("sts-record").Concat(Seeds.Texts("v=STSv1; id=1;\n second", "\\200 \\\" \\", "a\u00e9b")),
                Words = ["\\200", "\\\"", "\n", "\u00fc", "v=STSv1;"],
            },
            new("dns-alias", Alias)
            {
                Seeds = () => Seeds.Texts("a.test b.test\nb.test c.test", "a.test a.test", "A.Test. xn--a.test"),
                Words = ["a.test ", "b.test", ".", "xn--", "\n"],
            },
            new("dns-header", Header)
            {
                Seeds = () =>
                    [
                        [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1],
                        [0, 1, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0],
                    ],
                MaxLength = 600,
            },
        ];

    // As DnsClient gives the strings of a record: escaped, and read as UTF-8.
    private static void TxtStrings(byte[] input)
    {
        var strings = input.Split((byte)'\n');
        var record = new TxtRecord(
            new ResourceRecordInfo(DnsString.Parse("a.test"), ResourceRecordType.TXT, QueryClass.IN, 60, 0),
            [.. strings.Select(Escaped)],
            [.. strings.Select(Encoding.UTF8.GetString)]
        );
        var text = TxtBytes.Join(record);
        Invariant.Holds(text.All(c => c <= '\xFF'), "a character that is no octet");
        Invariant.Holds(text.Length <= input.Length, "more octets than there were");
        if (strings.All(s => System.Text.Unicode.Utf8.IsValid(s)) && !Encoding.UTF8.GetString(input).Contains('\uFFFD'))
            Invariant.Holds(text == string.Concat(strings.Select(Encoding.Latin1.GetString)), "other octets than there were");
    }

    private static void Alias(byte[] input)
    {
        var records = new List<DnsResourceRecord>();
        foreach (var words in Text.Latin1(input).Split('\n').Select(l => l.Split(' ', 2)).Where(w => w.Length == 2).Take(50))
        {
            if (Name(words[0]) is { } owner && Name(words[1]) is { } target)
                records.Add(new CNameRecord(new(owner, ResourceRecordType.CNAME, QueryClass.IN, input.Length, 0), target));
        }

        var chain = new AliasChain("a.test");
        chain.Follow(new Answer(records));
        Invariant.Holds(chain.Links <= AliasChain.MaxLinks + 1, "a chain without end");
        Invariant.Holds(chain.Targets().Count <= chain.Links, "more names than links");
        Invariant.Holds(chain.Ttl >= 0 && AliasChain.Normalise(chain.End) == chain.End, "the end of the chain");
    }

    private static void Header(byte[] input) =>
        Invariant.Holds(
            !MessageHeader.IsQuestion(input, input.Length) || input.Length >= MessageHeader.Bytes,
            "a question without a header"
        );

    private static DnsString? Name(string text)
    {
        try
        {
            return DnsString.Parse(text);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // Outside 0x20–0x7E as \DDD, a quote as \".
    private static string Escaped(byte[] octets) =>
        string.Concat(
            octets.Select(b =>
                b is < 0x20 or > 0x7E ? $"\\{b:000}"
                : b == '"' ? "\\\""
                : ((char)b).ToString()
            )
        );

    private static List<byte[]> Split(this byte[] input, byte by)
    {
        var parts = new List<byte[]>();
        foreach (var range in input.AsSpan().Split(by))
            parts.Add(input[range]);

        return parts;
    }

    private sealed class Answer(IReadOnlyList<DnsResourceRecord> answers) : IDnsQueryResponse
    {
        public IReadOnlyList<DnsQuestion> Questions => [];

        public IReadOnlyList<DnsResourceRecord> Additionals => [];

        public IEnumerable<DnsResourceRecord> AllRecords => answers;

        public IReadOnlyList<DnsResourceRecord> Answers => answers;

        public IReadOnlyList<DnsResourceRecord> Authorities => [];

        public string AuditTrail => "";

        public string ErrorMessage => "";

        public bool HasError => false;

        public DnsResponseHeader Header => throw new NotSupportedException();

        public int MessageSize => 0;

        public DnsClient.NameServer NameServer => throw new NotSupportedException();

        public DnsQuerySettings Settings => throw new NotSupportedException();
    }
}
