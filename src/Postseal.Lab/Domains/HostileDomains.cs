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
        Good("markup-everywhere", "Every text of strangers holds script, markup and control characters")
            .AddTxt("_mta-sts", Nasty)
            .PolicyLines(
                "version: STSv1",
                "mode: enforce",
                "mx: mx1.markup-everywhere.lab.test",
                $"note: {Nasty}",
                "max_age: 1209600"
            )
            .Txt("_smtp._tls", $"v=TLSRPTv1; rua=mailto:{Markup}@lab.test,https://lab.test/{Nasty}")
            .ReceiverTls(Faces.Named(Markup, "\"onmouseover=alert(1) x=\".lab.test", "mx1.markup-everywhere.lab.test"))
            .Receiver(r => r with { Greeting = $"220 {Latin(Nasty)}", Keywords = [Latin(Nasty)] }),
        Good("markup-refused", "Record and refusal hold script, markup and control characters")
            .Txt("_mta-sts", $"v=STSv1; id={Nasty};")
            .Receiver(r => r with { StartTlsReply = $"454 {Latin(Nasty)}" }),
        Good("policy-10mb", "The policy has 10 megabytes and does not say so")
            .Pad(10_000_000)
            .Site(s => s with { AnnouncesSize = false }),
        Good("policy-drip", "The policy comes at one byte a second").Site(s => s with { Pace = Pace.Drip }),
        Good("mx-hang", "The MX host greets and then falls silent").Receiver(r => r with { FallsSilent = true }),
    ];

    private const string Markup = "<script>alert(1)</script><img/src=x/onerror=alert(1)>";

    private const string Nasty = $"{Markup}\"'`&lt;{{{{7*7}}}}\u202Egnp.exe\u2066\u200B\e[31m\u0007\u0085]]>--><!--";

    // Greetings and replies go out as Latin-1: each octet of the UTF-8 text is one character of it.
    private static string Latin(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static IEnumerable<byte> AllBytes => Enumerable.Range(0, 256).Select(i => (byte)i);

    private static ImmutableArray<ReadOnlyMemory<byte>> Pieces(string text, int length) =>
        [.. text.Chunk(length).Select(p => new ReadOnlyMemory<byte>(Encoding.ASCII.GetBytes(p)))];
}
