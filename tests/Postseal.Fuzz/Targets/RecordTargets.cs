using System.Text;
using Postseal.Checks.Lint;
using Postseal.Protocol;
using Postseal.Protocol.Dane;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.Socketmap;
using Postseal.Protocol.TlsRpt;

namespace Postseal.Fuzz.Targets;

/// <summary>The texts that domains publish.</summary>
internal static class RecordTargets
{
    public static IEnumerable<FuzzTarget> All =>
        [
            new("sts-record", StsRecordText)
            {
                Seeds = () => Seeds.Vectors("sts-record"),
                Words = ["v=STSv1", "id=", ";", "; id=20261101T120000;", "a=b;"],
            },
            new("sts-selection", StsSelection)
            {
                Seeds = () => Seeds.Vectors("sts-selection"),
                Words = ["v=STSv1;", "id=1;", "\n"],
            },
            new("sts-policy", StsPolicyText)
            {
                Seeds = () => Seeds.Vectors("sts-policy"),
                Words =
                [
                    "version: STSv1",
                    "mode: enforce",
                    "mode: none",
                    "mx: *.",
                    "max_age: 604800",
                    "\r\n",
                    "\n",
                    "mx: xn--",
                    "\u00fc",
                ],
                MaxLength = 8192,
            },
            new("policy-lint", Lint)
            {
                Seeds = () => Seeds.Vectors("sts-policy"),
                Words = ["version:", "mode:", "mx:", "max_age:", "\n"],
            },
            new("mx-pattern", Pattern)
            {
                Seeds = () => Seeds.Rows("mx-match", 2),
                Words = ["*.", "xn--", ".example", "0x", "\n"],
            },
            new("tlsrpt-record", TlsRptText)
            {
                Seeds = () => Seeds.Vectors("tlsrpt-record"),
                Words = ["v=TLSRPTv1", "rua=", "mailto:", "https://", ",", ";", "%40", "@example.com"],
            },
            new("tlsrpt-selection", TlsRptSelection)
            {
                Seeds = () => Seeds.Vectors("tlsrpt-selection"),
                Words = ["v=TLSRPTv1;", "rua=mailto:a@b.c", "\n"],
            },
            new("report-uri", Uri)
            {
                Seeds = () => Seeds.Vectors("tlsrpt-record").SelectMany(Addresses),
                Words =
                [
                    "mailto:",
                    "https://",
                    "xn--",
                    "%41",
                    "%C3%BC",
                    "[::1]",
                    "0x7f",
                    "user@",
                    ":443",
                    "//",
                    "_",
                    "\"",
                    "..",
                    "%2e",
                ],
            },
            new("tlsa-record", Tlsa)
            {
                Seeds = () =>
                    Seeds.Texts(
                        "3 1 1 " + new string('a', 64),
                        "2 0 2 " + new string('0', 128),
                        "3 0 0 3003 0201 00",
                        "0 0 1 ab"
                    ),
                Words = ["255", "256", " ", "3 1 1 ", "(", ")"],
            },
        ];

    private static void StsRecordText(byte[] input)
    {
        var text = Text.Latin1(input);
        if (!StsRecord.TryParse(text, out var record, out var error))
        {
            Text.IsError(error, text.Length);
            return;
        }

        Invariant.Holds(
            record.Id.Length is > 0 and <= StsRecord.MaxIdLength && record.Id.All(char.IsAsciiLetterOrDigit),
            "the id"
        );
        Invariant.Holds(StsRecord.TryParse(record.ToString(), out var again, out _), "the record as written is none");
        Invariant.Same(record, again!, "the record as written is another");
    }

    private static void StsSelection(byte[] input)
    {
        string[] texts = Text.Latin1(input).Split('\n');
        var found = StsRecordSelection.From(texts);
        Invariant.Holds(found.Unrelated.Length <= texts.Length, "more texts than there are");
        if (found is StsRecordSelection.Invalid invalid)
            Text.IsError(invalid.Error, invalid.Text.Length);
    }

    private static void StsPolicyText(byte[] input)
    {
        var remarks = StsPolicyRemark.Inspect(input);
        if (!StsPolicy.TryParse(input, out var policy, out var error))
        {
            Text.IsError(error, input.Length);
            return;
        }

        Invariant.Holds(remarks.All(r => r.Line >= 0), "a remark about no line");
        Invariant.Holds(
            policy.MaxAge >= 0 && policy.Lifetime <= TimeSpan.FromSeconds(StsPolicy.MaxMaxAge),
            "max_age is out of its range"
        );
        Invariant.Holds(policy.Mode == StsMode.None || policy.Mx.Length > 0, "an enforced policy without mx");
        Invariant.Holds(
            StsPolicy.TryParse(Encoding.UTF8.GetBytes(policy.ToString()!), out var again, out _),
            "the policy as written is none"
        );
        Invariant.Same(policy, again!, "the policy as written is another");

        // To Postfix it goes as attributes: nothing that a policy says may end one, or begin another.
        var example = DomainName.Parse("example.com");
        foreach (var dialect in Enum.GetValues<Dialect>())
        {
            var framed = new SocketmapReply.Secure(example, policy, input, null).ToNetstring(dialect);
            var read = Netstring.Read(framed, framed.Length);
            Invariant.Holds(
                read.Status == NetstringStatus.Complete && read.Consumed == framed.Length,
                "the reply is no netstring"
            );
            var reply = Encoding.UTF8.GetString(read.Payload);
            Invariant.Holds(!reply.AsSpan().ContainsAnyInRange('\0', '\x1F'), "a control character in a reply");
            Invariant.Holds(reply.Split("servername=").Length <= 2 && reply.Split("match=").Length <= 2, "an attribute twice");
        }
    }

    private static void Lint(byte[] input)
    {
        var document = PolicyLint.Inspect(input);
        Invariant.Holds(document.Valid == StsPolicy.TryParse(input, out _, out _), "lint and parser disagree");
        Invariant.Holds(document.Valid == document.Error is null, "an error of what is valid, or none of what is not");
        if (document.Error is { } error)
        {
            Invariant.Inside(error.Offset, input.Length);
            Invariant.Holds(error.Line >= 1 && error.Column >= 1, "a place before the beginning");
        }
    }

    private static void Pattern(byte[] input)
    {
        var parts = Text.Utf8(input).Split('\n', 2);
        if (!MxPattern.TryParse(parts[0], out var pattern, out var error))
        {
            Text.IsError(error, parts[0].Length);
            return;
        }

        Invariant.Holds(MxPattern.TryParse(pattern.ToString(), out var again, out _), "the pattern as written is none");
        Invariant.Same(pattern, again!, "the pattern as written is another");
        if (parts.Length == 2 && DomainName.TryParse(parts[1], out var host, out _) && pattern.Matches(host))
            Invariant.Holds(
                !pattern.IsAddress && (pattern.IsWildcard ? host.Parent! : host).Equals(pattern.Domain),
                "a pattern covers a stranger"
            );
    }

    private static void TlsRptText(byte[] input)
    {
        var text = Text.Latin1(input);
        if (!TlsRptRecord.TryParse(text, out var record, out var error))
        {
            Text.IsError(error, text.Length);
            return;
        }

        Invariant.Holds(record.Rua.Length > 0 && record.RuaFields > 0, "a record without rua");
        Invariant.Holds(TlsRptRecord.TryParse(record.ToString(), out var again, out _), "the record as written is none");
        Invariant.Holds(record.Rua.SequenceEqual(again!.Rua), "the record as written has other addresses");
    }

    private static void TlsRptSelection(byte[] input)
    {
        string[] texts = Text.Latin1(input).Split('\n');
        if (TlsRptRecordSelection.From(texts) is TlsRptRecordSelection.Invalid invalid)
            Text.IsError(invalid.Error, invalid.Text.Length);
    }

    private static void Uri(byte[] input)
    {
        var text = Text.Latin1(input);
        switch (ReportUri.From(text))
        {
            case ReportUri.Unusable unusable:
                Text.IsError(unusable.Error, text.Length);
                break;
            case ReportUri.Mail mail:
                Invariant.Holds(
                    mail.Address.EndsWith($"@{mail.Domain}", StringComparison.Ordinal),
                    "the address is of another domain"
                );
                Text.IsPrintable(mail.Address, mail.Address.Length);
                break;
            case ReportUri.Https https:
                // Whoever connects asks the URI for these.
                Invariant.Holds(
                    https.Uri is { Scheme: "https", UserInfo: "", Port: >= 0 and <= 65535 },
                    "another scheme, or a user"
                );
                Invariant.Holds(https.Uri.IdnHost.Length > 0 && https.Uri.AbsoluteUri.Length > 0, "no host");
                if (https.Uri.HostNameType == UriHostNameType.Dns)
                    Invariant.Holds(DomainName.TryParse(https.Uri.IdnHost, out _, out _), "a host that is no name");
                break;
        }
    }

    private static void Tlsa(byte[] input)
    {
        var text = Text.Utf8(input);
        if (!TlsaRecord.TryParse(text, out var record, out var error))
        {
            Text.IsError(error, text.Length);
            return;
        }

        _ = record.IsUsable;
        Invariant.Holds(record.Data.Length <= TlsaRecord.MaxDataLength, "more data than a record can hold");
        Invariant.Holds(TlsaRecord.TryParse(record.ToString(), out var again, out _), "the record as written is none");
        Invariant.Same(record, again!, "the record as written is another");
    }

    private static IEnumerable<byte[]> Addresses(byte[] record) =>
        Text.Latin1(record).Split('=', ',', ';').Select(a => Encoding.Latin1.GetBytes(a.Trim()));
}
