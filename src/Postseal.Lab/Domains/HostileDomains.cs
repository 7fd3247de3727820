using System.Collections.Immutable;
using System.Text;
using Postseal.Lab.Dns;
using Postseal.Lab.Https;
using static Postseal.Lab.Domains.LabDomains;

namespace Postseal.Lab.Domains;

/// <summary>Domains that mean harm, or look as if: for tests of bounds.</summary>
internal static class HostileDomains
{
    public static LabDomain[] All { get; } =
    [
        Good("txt-40-strings", "Nothing: the MTA-STS record comes in 40 strings")
            .Without("_mta-sts")
            .Add(new ZoneRecord.Txt("_mta-sts", Pieces($"v=STSv1; id={LabDomain.PolicyId}; note={new string('x', 46)}", 2))),
        Good("txt-binary", "The MTA-STS record holds bytes that are no text")
            .Without("_mta-sts")
            .Add(new ZoneRecord.Txt("_mta-sts", ["v=STSv1; id="u8.ToArray().Concat(AllBytes).ToArray().AsMemory(0, 255)])),
        Good("cert-500-names", "Nothing: the MX host's certificate has 500 names")
            .ReceiverTls(
                Faces.Named(["mx1.cert-500-names.lab.test", .. Enumerable.Range(1, 499).Select(i => $"customer{i}.other.test")])
            ),
        Good("banner-escapes", "The greeting holds terminal escape sequences")
            .Receiver(r => r with { Greeting = "220 \e[2J\e[31mpwned\e[0m \e]0;title\a\u009b1m\r\b ESMTP" }),
        Good("policy-10mb", "The policy has 10 megabytes and does not say so")
            .Pad(10_000_000)
            .Site(s => s with { AnnouncesSize = false }),
        Good("policy-drip", "The policy comes at one byte a second").Site(s => s with { Pace = Pace.Drip }),
        Good("mx-hang", "The MX host greets and then falls silent").Receiver(r => r with { FallsSilent = true }),
    ];

    private static IEnumerable<byte> AllBytes => Enumerable.Range(0, 256).Select(i => (byte)i);

    private static ImmutableArray<ReadOnlyMemory<byte>> Pieces(string text, int length) =>
        [.. text.Chunk(length).Select(p => new ReadOnlyMemory<byte>(Encoding.ASCII.GetBytes(p)))];
}
