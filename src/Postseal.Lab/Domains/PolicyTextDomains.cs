using System.Globalization;
using System.Text;
using Postseal.Lab.Dns;
using static Postseal.Lab.Domains.LabDomains;

namespace Postseal.Lab.Domains;

/// <summary>Faults of the policy text, each told by what is changed in a good one.</summary>
internal static class PolicyTextDomains
{
    private const string Enforce = "mode: enforce\r\n";
    private const string MaxAge = "max_age: 1209600\r\n";

    public static LabDomain[] All { get; } =
    [
        Good("pol-empty", "The policy file is empty").Policy(""),
        Good("pol-version", "The policy says STSv2").Change("STSv1", "STSv2"),
        Good("pol-mode-missing", "No mode").Change(Enforce, ""),
        Good("pol-mode-invalid", "The mode is \"enforced\"").Change("enforce", "enforced"),
        Good("pol-mode-testing", "The policy is in testing mode").Change("enforce", "testing"),
        Good("pol-mode-none", "The policy is switched off").Policy("version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n"),
        Good("pol-maxage-missing", "No max_age").Change(MaxAge, ""),
        Good("pol-maxage-range", "max_age is two years").Change("1209600", "63115200"),
        Good("pol-maxage-short", "max_age is one hour").Change("1209600", "3600"),
        Good("pol-mx-missing", "No mx line").Change("mx: mx1.pol-mx-missing.lab.test\r\n", ""),
        Good("pol-mx-syntax", "An mx line ends with a dot").Change("lab.test", "lab.test."),
        Good("pol-mx-ip", "An mx line holds an address").Change(MaxAge, $"mx: 192.0.2.25\r\n{MaxAge}"),
        Good("pol-mx-is-mta-sts-host", "The mx line names the policy host").Change("mx: mx1", "mx: mta-sts"),
        Good("pol-mx-idn", "An mx line holds umlauts").Change(MaxAge, $"mx: müller.lab.test\r\n{MaxAge}"),
        Good("pol-dup-key", "Two max_age lines").Change(MaxAge, $"{MaxAge}max_age: 86400\r\n"),
        Good("pol-unknown-key", "An unknown key").Change(MaxAge, $"{MaxAge}contact: postmaster\r\n"),
        Good("pol-line-format", "A comment line").Change("version", "# our policy\r\nversion"),
        Good("pol-line-endings", "Lines end with LF alone").Change("\r\n", "\n"),
        Good("pol-bom", "A byte order mark comes first").Change("version", "\uFEFFversion"),
        Good("pol-trailing-garbage", "Blank lines at the end").Change(MaxAge, $"{MaxAge}\r\n \r\n"),
        Good("pol-id-drift", "The policy is another one at each fetch, the id stays").Growing(),
        Good("pol-id-changed-body-same", "The id is another one at each query, the policy stays")
            .Replace("_mta-sts", new ZoneRecord.ChangingTxt("_mta-sts", n => $"v=STSv1; id={LabDomain.PolicyId}n{Number(n)};")),
    ];

    // A second more at each fetch: nothing else about the policy is odd.
    private static LabDomain Growing(this LabDomain domain)
    {
        var text = Encoding.UTF8.GetString(domain.Sites[0].Body.Span);
        return domain.Site(s =>
            s with
            {
                BodyOfFetch = n => Encoding.UTF8.GetBytes(text.Replace("1209600", Number(1209600 + n), StringComparison.Ordinal)),
            }
        );
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static LabDomain Change(this LabDomain domain, string from, string to) =>
        domain.Policy(Encoding.UTF8.GetString(domain.Sites[0].Body.Span).Replace(from, to, StringComparison.Ordinal));
}
