using static Postseal.Lab.Domains.LabDomains;

namespace Postseal.Lab.Domains;

/// <summary>Faults of the policy text.</summary>
internal static class PolicyTextDomains
{
    public static LabDomain[] All { get; } =
    [
        Good("pol-empty", "The policy file is empty").Policy(""),
        Lines("pol-version", "The policy says STSv2", "version: STSv2", "mode: enforce", Mx, "max_age: 1209600"),
        Lines("pol-mode-missing", "No mode", "version: STSv1", Mx, "max_age: 1209600"),
        Lines("pol-mode-invalid", "The mode is \"enforced\"", "version: STSv1", "mode: enforced", Mx, "max_age: 1209600"),
        Lines("pol-mode-testing", "The policy is in testing mode", "version: STSv1", "mode: testing", Mx, "max_age: 86400"),
        Lines("pol-mode-none", "The policy is switched off", "version: STSv1", "mode: none", "max_age: 86400"),
        Lines("pol-maxage-missing", "No max_age", "version: STSv1", "mode: enforce", Mx),
        Lines("pol-maxage-range", "max_age is two years", "version: STSv1", "mode: enforce", Mx, "max_age: 63115200"),
        Lines("pol-maxage-short", "max_age is one hour", "version: STSv1", "mode: enforce", Mx, "max_age: 3600"),
        Lines("pol-mx-missing", "No mx line", "version: STSv1", "mode: enforce", "max_age: 1209600"),
        Lines("pol-mx-syntax", "An mx line ends with a dot", "version: STSv1", "mode: enforce", $"{Mx}.", "max_age: 1209600"),
        Lines(
            "pol-mx-ip",
            "An mx line holds an address",
            "version: STSv1",
            "mode: enforce",
            Mx,
            "mx: 192.0.2.25",
            "max_age: 1209600"
        ),
        Lines(
            "pol-mx-is-mta-sts-host",
            "The mx line names the policy host",
            "version: STSv1",
            "mode: enforce",
            "mx: mta-sts.{name}",
            "max_age: 1209600"
        ),
        Lines(
            "pol-mx-idn",
            "An mx line holds umlauts",
            "version: STSv1",
            "mode: enforce",
            Mx,
            "mx: müller.{name}",
            "max_age: 1209600"
        ),
        Lines("pol-dup-key", "Two max_age lines", "version: STSv1", "mode: enforce", Mx, "max_age: 1209600", "max_age: 86400"),
        Lines(
            "pol-unknown-key",
            "An unknown key",
            "version: STSv1",
            "mode: enforce",
            Mx,
            "max_age: 1209600",
            "contact: postmaster"
        ),
        Lines("pol-line-format", "A comment line", "# our policy", "version: STSv1", "mode: enforce", Mx, "max_age: 1209600"),
        Good("pol-line-endings", "Lines end with LF alone")
            .Policy("version: STSv1\nmode: enforce\nmx: mx1.pol-line-endings.lab.test\nmax_age: 1209600\n"),
        Lines("pol-bom", "A byte order mark comes first", "\uFEFFversion: STSv1", "mode: enforce", Mx, "max_age: 1209600"),
        Lines(
            "pol-trailing-garbage",
            "Blank lines at the end",
            "version: STSv1",
            "mode: enforce",
            Mx,
            "max_age: 1209600",
            "",
            " "
        ),
    ];

    private const string Mx = "mx: mx1.{name}";

    private static LabDomain Lines(string label, string fault, params ReadOnlySpan<string> lines)
    {
        var domain = Good(label, fault);
        return domain.PolicyLines([.. lines.ToArray().Select(l => l.Replace("{name}", domain.Name, StringComparison.Ordinal))]);
    }
}
