using System.Text;
using CsCheck;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Xunit;

namespace Postseal.Tests.Protocol.MtaSts;

/// <summary>Patterns kept as text.</summary>
public sealed class MxPatternsTests
{
    private static readonly string[] Names =
    [
        "a",
        "b.a",
        "c.b.a",
        "mx.example.com",
        "example.com",
        "192.0.2.1",
        "x.192.0.2.1",
        "xn--mnchen-3ya.example",
    ];

    private static readonly string[] Hosts = [.. Names.Where(n => !n.EndsWith('1'))]; // no host has such a name

    private static readonly Gen<MxPattern> Pattern = Gen.Select(
        Gen.Bool,
        Gen.OneOf(Names),
        (isWildcard, name) => MxPattern.TryParse(isWildcard ? $"*.{name}" : name, out var pattern, out _) ? pattern : null!
    );

    [Fact]
    public void Packed_patterns_come_back_in_order_and_cover_what_each_of_them_matches() =>
        Gen.Select(Pattern.Array[0, 6], Gen.OneOf(Hosts))
            .Sample(
                (patterns, name) =>
                {
                    MxPatterns packed = [.. patterns];
                    var host = DomainName.Parse(name);
                    return packed.Length == patterns.Length
                        && packed.SequenceEqual(patterns)
                        && packed.Equals(MxPatterns.Create(patterns))
                        && packed.Covers(host) == patterns.Any(p => p.Matches(host));
                }
            );

    [Fact]
    public void A_policy_of_64_kilobytes_takes_about_its_own_bytes()
    {
        var texts = new List<byte[]>();
        texts.Add(Large("mx: ", 6496, i => $"m{i % 10}.t"));
        texts.Add(Large("k: ", 9000, i => $"{i % 1000}"));
        foreach (var text in texts)
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var kept = Enumerable.Range(0, 50).Select(_ => Parse(text)).ToArray();
            var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / kept.Length;
            Assert.InRange(each, 1, 2 * text.Length);
            GC.KeepAlive(kept);
        }
    }

    private static StsPolicy Parse(byte[] text) =>
        StsPolicy.TryParse(text, out var policy, out var error) ? policy : throw new FormatException(error.Code);

    private static byte[] Large(string key, int lines, Func<int, string> value) =>
        Encoding.ASCII.GetBytes(
            "version: STSv1\nmode: enforce\nmx: a.test\nmax_age: 604800\n"
                + string.Concat(Enumerable.Range(0, lines).Select(i => $"{key}{value(i)}\n"))
        );
}
