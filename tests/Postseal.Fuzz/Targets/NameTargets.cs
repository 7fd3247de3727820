using System.Net;
using System.Text;
using Postseal.Checks.Setup;
using Postseal.Cli.Policyd.SelfTest;
using Postseal.Cli.Policyd.Server;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Dns;
using Postseal.Resolver.PolicyHost;
using Postseal.Server.Pages;

namespace Postseal.Fuzz.Targets;

/// <summary>Names, addresses, and texts for people.</summary>
internal static class NameTargets
{
    public static IEnumerable<FuzzTarget> All =>
        [
            new("domain-name", Name)
            {
                Seeds = () => Seeds.Rows("domain-name", 1),
                Words = ["xn--", ".", "_", "-", "0x", "\u3002", "\uFF0E", "ü", "ß", "\u0301", "рф", new string('a', 63)],
                MaxLength = 1200,
            },
            new("idn-label", Label)
            {
                Seeds = () => Seeds.Rows("domain-name", 1).Select(s => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(s))),
                MaxLength = 600,
            },
            new("domain-input", Input)
            {
                Seeds = () =>
                    Seeds
                        .Rows("domain-name", 1)
                        .Concat(Seeds.Texts("<a@example.com>", "https://example.com:443/x?y#z", " \"example.com\", ")),
                Words = ["://", "@", "<", ">", ":443", "/", "?", "#", "https://"],
            },
            new("end-point", Place)
            {
                Seeds = () =>
                    Seeds.Texts(
                        "127.0.0.1:8080",
                        "[::1]:8461",
                        "localhost:0",
                        "inet:127.0.0.1:8461",
                        "unix:/run/p.sock,mode=0666,owner=a:b",
                        "192.0.2.1",
                        "2001:db8::1"
                    ),
                Words = ["inet:", "unix:/", ",mode=", ",owner=", "[::1]", "65535", "0x7f", "%eth0", "localhost:"],
                MaxLength = 300,
            },
            new("resolv-conf", ResolvConf)
            {
                Seeds = () =>
                    Seeds.Texts(
                        "nameserver 127.0.0.1\noptions edns0 trust-ad\n",
                        "search a\nnameserver ::1\nnameserver fe80::1%2\r\n"
                    ),
                Words = ["nameserver ", "options ", "trust-ad", "\n"],
            },
            new("policy-maps", PolicyMaps)
            {
                Seeds = () =>
                    Seeds.Texts(
                        "socketmap:inet:127.0.0.1:8461:postfix",
                        "hash:/a, proxy:socketmap:unix:run/p:postfix-tlsrpt",
                        "3.10.5",
                        "3.12-20260821"
                    ),
                Words = ["socketmap:", "inet:", "unix:", "proxy:", ":postfix", "..", "//", ", "],
            },
            new("printable-text", Printable)
            {
                Seeds = () =>
                    Seeds.Texts("plain", "\x1B[31mred\r\n", "\u202Eabc\u200B\u2028", "a\U0001F600b", "e\u0301", "\\x1B"),
                Words = ["\x1B[", "\u202E", "\u200B", "\uFEFF", "\r\n", "\U000E0041", "\u2028", "\\u{202E}"],
            },
            new("public-address", Address)
            {
                Seeds = () =>
                    [
                        [127, 0, 0, 1],
                        [192, 0, 2, 1],
                        [8, 8, 8, 8],
                        IPAddress.IPv6Loopback.GetAddressBytes(),
                        IPAddress.Parse("64:ff9b::a00:1").GetAddressBytes(),
                    ],
                MaxLength = 16,
            },
        ];

    private static void Name(byte[] input) => OneName(Text.Utf8(input));

    private static void Label(byte[] input) => OneName(Text.Utf16(input));

    private static void OneName(string text)
    {
        if (!DomainName.TryParse(text, out var name, out var error))
        {
            Text.IsError(error, text.Length);
            _ = DomainErrorText.Of(error) + DomainErrorText.Sentence(error);
            return;
        }

        Invariant.Holds(name.Value.Length is > 0 and <= DomainName.MaxLength, "the length of a name");
        Invariant.Holds(name.Labels.All(l => l.Length is > 0 and <= DomainName.MaxLabelLength), "the length of a label");
        Invariant.Holds(DomainName.TryParse(name.Value, out var again, out _), "the name as written is none");
        Invariant.Same(name, again!, "the name as written is another");
        var shown = name.ToUnicode();
        Text.IsPrintable(shown, shown.Length);
        Invariant.Holds(DomainName.TryParse(shown, out var back, out _) && back.Equals(name), "the name as shown is another");
        Invariant.Holds(!IPAddress.TryParse(name.Value, out _), "a name that is an address");
        if (name.TryPrepend(StsPolicy.HostLabel, out var host) && PolicyExchange.Address(host, 443) is { } address)
            Invariant.Holds(
                address.IdnHost == host.Value && address.HostNameType is not (UriHostNameType.IPv4 or UriHostNameType.IPv6),
                "another host"
            );
    }

    private static void Input(byte[] input)
    {
        if (!DomainInput.TryRead(Text.Utf8(input), out _, out var problem))
            Text.IsPrintable(problem, 300);
    }

    private static void Place(byte[] input)
    {
        var text = Text.Utf8(input);
        var (place, problem) = EndPointText.Parse(text, "needed");
        Invariant.Holds(place is null != problem is null, "an address or a problem");
        _ = LookupSettings.TryServer(text, out _);
        if (ListenAddress.TryParse(text, out var address, out _))
        {
            Invariant.Holds(ListenAddress.TryParse(address.ToString(), out var again, out _), "the address as written is none");
            Invariant.Same(address, again!, "the address as written is another");
        }
    }

    private static void ResolvConf(byte[] input) =>
        Invariant.Holds(
            SystemResolvers.Parse(Text.Utf8(input)).Servers.Count is >= 1 and <= 3,
            "as many resolvers as the C library asks"
        );

    private static void PolicyMaps(byte[] input)
    {
        var text = Text.Utf8(input);
        _ = PostfixVersion.Parse(text);
        var (tcp, unix) = (
            new ListenAddress.Inet(new(IPAddress.Loopback, 8461)),
            new ListenAddress.Unix("/run/p", ListenAddress.DefaultMode, null, null)
        );
        foreach (var (_, map) in PolicyMap.List(text))
            _ = map?.LeadsTo(tcp, chroot: true, "/var/spool/postfix") | map?.LeadsTo(unix, chroot: false, "/var/spool/postfix");
    }

    private static void Printable(byte[] input)
    {
        var text = Text.Utf16(input);
        var max = 1 + (input.Length == 0 ? 0 : input[0]);
        var shown = PrintableText.Of(text, max);
        Invariant.Holds(shown.Length <= max, "longer than allowed");
        Invariant.Holds(PrintableText.Of(shown, max) == shown, "applied again it changes something");
        Invariant.Holds(!shown.Any(char.IsControl), "a control character");
        Invariant.Holds(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(shown)) == shown, "half a character");
    }

    private static void Address(byte[] input)
    {
        if (input.Length is not (4 or 16))
            return;

        var address = new IPAddress(input);
        if (address.IsIPv4MappedToIPv6)
            Invariant.Holds(
                PublicAddress.IsPublic(address) == PublicAddress.IsPublic(address.MapToIPv4()),
                "an IPv4 address in disguise"
            );
        if (
            IPAddress.IsLoopback(address)
            || address.IsIPv6LinkLocal
            || address.IsIPv6Multicast
            || input is [10 or 127 or 0, _, _, _]
        )
            Invariant.Holds(!PublicAddress.IsPublic(address), "an address that is not public");
    }
}
