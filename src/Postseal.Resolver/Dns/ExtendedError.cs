using System.Buffers.Binary;
using System.Text;
using DnsClient;
using DnsClient.Protocol.Options;

namespace Postseal.Resolver.Dns;

/// <summary>An extended DNS error (RFC 8914): what a resolver adds to a bare SERVFAIL.</summary>
/// <param name="Code">The INFO-CODE.</param>
/// <param name="Text">The EXTRA-TEXT; may be empty, may be hostile.</param>
internal sealed record ExtendedError(int Code, string Text)
{
    private const int OptionCode = 15;

    // A sentence for people; resolvers write a line, the protocol would allow 64 KiB.
    private const int MaxTextBytes = 200;

    /// <summary>True for the codes of RFC 8914 §4 that name DNSSEC validation: 5 to 12 and 25.</summary>
    public bool IsDnssec => Code is (>= 5 and <= 12) or 25;

    /// <summary>The INFO-CODE's registered name where it is one we tell apart.</summary>
    public string Name =>
        Code switch
        {
            5 => "DNSSEC indeterminate",
            6 => "DNSSEC bogus",
            7 => "signature expired",
            8 => "signature not yet valid",
            9 => "DNSKEY missing",
            10 => "RRSIGs missing",
            11 => "no zone key bit set",
            12 => "NSEC missing",
            22 => "no reachable authority",
            23 => "network error",
            25 => "signature expired before valid",
            _ => $"extended error {Code}",
        };

    /// <summary>The errors of a response, those about DNSSEC first.</summary>
    public static IReadOnlyList<ExtendedError> From(IDnsQueryResponse response)
    {
        var found = new List<ExtendedError>();
        foreach (var opt in response.Additionals.OfType<OptRecord>())
            Read(opt.Data, found);

        return [.. found.OrderByDescending(e => e.IsDnssec)];
    }

    private static void Read(ReadOnlySpan<byte> options, List<ExtendedError> found)
    {
        while (options.Length >= 4)
        {
            var code = BinaryPrimitives.ReadUInt16BigEndian(options);
            var length = BinaryPrimitives.ReadUInt16BigEndian(options[2..]);
            options = options[4..];
            if (length > options.Length)
                return;

            if (code == OptionCode && length >= 2)
            {
                var text = options[2..Math.Min((int)length, 2 + MaxTextBytes)];
                found.Add(new(BinaryPrimitives.ReadUInt16BigEndian(options), Encoding.UTF8.GetString(text)));
            }

            options = options[length..];
        }
    }

    /// <summary>For people.</summary>
    public override string ToString() => Text.Length == 0 ? Name : $"{Name}: {Text}";
}
