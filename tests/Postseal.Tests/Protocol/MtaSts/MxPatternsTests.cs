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
}
