using Postseal.Protocol;
using Postseal.Protocol.Dane;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Sts;

namespace Postseal.Tests.Resolver.Decisions;

/// <summary>The words of table D-MX as values, all about <c>mx.example.com</c>.</summary>
internal static class Policies
{
    public static readonly string[] AllSts =
    [
        "enforce",
        "enforce other hosts",
        "testing",
        "testing other hosts",
        "none",
        "absent",
        "unusable",
    ];

    public static readonly string[] AllDane = ["usable", "unusable", "none", "failed"];

    public static readonly TlsaRecord Usable = new(3, 1, 1, [.. Enumerable.Repeat((byte)7, 32)]);

    public static StsLookup Sts(string word) =>
        word switch
        {
            "absent" => new StsLookup.NotPublished(),
            "unusable" => new StsLookup.Unusable(LookupStage.Fetch, "tcp"),
            "none" => new StsLookup.Found(new(StsMode.None, [], 86400, []), Fresh: true),
            _ => new StsLookup.Found(
                new(
                    word.StartsWith("enforce", StringComparison.Ordinal) ? StsMode.Enforce : StsMode.Testing,
                    [Pattern(word.EndsWith("other hosts", StringComparison.Ordinal) ? "other.example.com" : "mx.example.com")],
                    86400,
                    []
                ),
                Fresh: true
            ),
        };

    public static DaneLookup Dane(string word) =>
        word switch
        {
            "usable" => new DaneLookup.Usable(DomainName.Parse("mx.example.com"), [Usable]),
            "unusable" => new DaneLookup.Unusable(DomainName.Parse("mx.example.com"), [Usable with { Usage = 1 }]),
            "failed" => new DaneLookup.Failed(DnsFailure.ServFail, "no answer"),
            _ => new DaneLookup.NotApplicable("no-tlsa"),
        };

    public static MxPattern Pattern(string text) =>
        MxPattern.TryParse(text, out var pattern, out var error) ? pattern : throw new FormatException(error.Code);
}
