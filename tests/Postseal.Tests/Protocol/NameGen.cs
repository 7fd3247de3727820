using CsCheck;
using Postseal.Protocol;

namespace Postseal.Tests.Protocol;

/// <summary>Names of every kind that <see cref="DomainName.TryParse"/> takes, most of them such as no mail domain has: underscores and hyphens alone,
/// digits, A-labels that decode to nothing, labels of 63 and names of up to 253 octets.</summary>
internal static class NameGen
{
    private static readonly Gen<string> Label = Gen.OneOf(
        Gen.OneOf([
            "_",
            "__",
            "_-",
            "-_",
            "_-_",
            "a_",
            "_a",
            "a-_",
            "0",
            "00",
            "0x",
            "0x7f",
            "0xg",
            "1e1",
            "3com",
            "a--b",
            "ab--c",
        ]),
        Gen.OneOf(["xn--", "xn---", "xn--a", "xn--0", "xn--99999999", "xn--_", "xn--mnchen-3ya", "xn--a-ecp", "XN--Q9JYB4C"]),
        Gen.OneOf(["münchen", "भारत", "рф", "日本", "العربية"]),
        Gen.OneOf([new string('a', 63), new string('_', 63), new string('1', 62) + "a", $"xn--{new string('9', 59)}"]),
        Gen.OneOf([.. "abz019-_"]).Array[1, 12].Select(c => new string(c))
    );

    /// <summary>Any name that there may be.</summary>
    // One label up to as many as a name can hold.
    public static readonly Gen<DomainName> Any = Gen.OneOf(Label.Array[1, 6], Label.Array[1, 126])
        .Select(labels => DomainName.TryParse(string.Join('.', labels), out var name, out _) ? name : null)
        .Where(name => name is not null)
        .Select(name => name!);
}
