using Postseal.Cli.Policyd.Server;
using Postseal.Protocol;

namespace Postseal.Cli.Policyd.SelfTest;

/// <summary>Whether Postfix asks us, and in the dialect that it understands.</summary>
internal static class MapRules
{
    private const string Setting = "smtp_tls_policy_maps";

    public static IEnumerable<SelfTestFinding> Judge(PostfixFacts facts, OurSide ours)
    {
        var queue = facts["queue_directory"];
        var maps = PolicyMap.List(facts[Setting]);
        var at = maps.ToList().FindIndex(m => m.Map is { } map && ours.Listen.Any(l => map.LeadsTo(l, facts.Chroot, queue)));
        if (at < 0)
        {
            yield return NotAsked(facts, ours, maps);
            yield break;
        }

        var found = maps[at].Map!;
        var before = at == 0 ? "" : $" Tables before it win: {Shown(string.Join(", ", maps.Take(at).Select(m => m.Text)))}.";
        yield return SelfTestFinding.Ok("policy-map", $"Postfix asks this daemon ({Shown(found.Text)}).{before}");
        if (facts.Version is { } version)
        {
            yield return Dialect(version, found, facts[Setting]);
            yield return MxPatterns(version, found, facts);
        }
    }

    private static SelfTestFinding NotAsked(PostfixFacts facts, OurSide ours, IReadOnlyList<(string Text, PolicyMap? Map)> maps)
    {
        var inside = maps.FirstOrDefault(m =>
            m.Map is { } map && ours.Listen.Any(l => map.LeadsTo(l, chroot: false, facts["queue_directory"]))
        ).Map;
        if (facts.Chroot && inside is not null)
        {
            var path = facts["queue_directory"] + inside.Place["unix:".Length..];
            return SelfTestFinding.Change(
                "policy-map",
                $"Postfix's smtp runs inside {facts["queue_directory"]} (chroot in master.cf), where {Shown(inside.Place)} is not "
                    + "the socket of this daemon: every mail is deferred.",
                new(
                    $"Let the daemon listen on unix:{Shown(path)}, or let proxymap(8), which runs outside, connect:",
                    Line(Setting, facts[Setting].Replace(inside.Text, $"proxy:{inside.Text}", StringComparison.Ordinal)),
                    "postfix reload"
                )
            );
        }

        var name = facts.Version is { KnowsTlsRpt: true } ? "postfix-tlsrpt" : "postfix";
        var other = maps.FirstOrDefault(m => m.Map is not null);
        var kept = string.Join(", ", maps.Where(m => m.Map is null).Select(m => m.Text).Append($"{Place(ours, facts)}:{name}"));
        var sentence = other.Map is null
            ? "Postfix does not ask this daemon: no table of smtp_tls_policy_maps leads to it, so no policy is enforced."
            : $"Postfix asks {Shown(other.Text)}, where this daemon does not listen.";
        return SelfTestFinding.Change("policy-map", sentence, new("Tell Postfix to ask:", Line(Setting, kept), "postfix reload"));
    }

    private static string Place(OurSide ours, PostfixFacts facts)
    {
        var queue = facts["queue_directory"];
        return (ours.Listen.Count > 0 ? ours.Listen[0] : null) switch
        {
            ListenAddress.Unix u when facts.Chroot && u.Path.StartsWith($"{queue}/", StringComparison.Ordinal) =>
                $"socketmap:unix:{u.Path[queue.Length..]}",
            ListenAddress.Unix u => $"{(facts.Chroot ? "proxy:" : "")}socketmap:unix:{u.Path}",
            ListenAddress.Inet i when i.EndPoint.Address.Equals(System.Net.IPAddress.Any) =>
                $"socketmap:inet:127.0.0.1:{i.EndPoint.Port}",
            ListenAddress.Inet i when i.EndPoint.Address.Equals(System.Net.IPAddress.IPv6Any) =>
                $"socketmap:inet:[::1]:{i.EndPoint.Port}",
            ListenAddress.Inet i => $"socketmap:inet:{i.EndPoint}",
            _ => "socketmap:inet:127.0.0.1:8461",
        };
    }

    private static SelfTestFinding Dialect(PostfixVersion version, PolicyMap map, string maps)
    {
        var (plain, reports) = (Renamed("postfix"), Renamed("postfix-tlsrpt"));
        return (version.KnowsTlsRpt, map.IsTlsRpt) switch
        {
            (false, true) => SelfTestFinding.Change(
                "dialect",
                $"Postfix {version} does not know the attributes that the map name {Shown(map.Name)} brings: every mail to a domain "
                    + "with a policy is deferred. They need 3.10.",
                new("Use the plain map name:", plain, "postfix reload")
            ),
            (true, false) => SelfTestFinding.Change(
                "dialect",
                $"Postfix {version} could report to the domains (TLSRPT)"
                    + (version.EnforcesMxPatterns ? " and hold MX hosts to their policy" : "")
                    + $", but the map name {Shown(map.Name)} does not bring what it needs.",
                new("Use the map name for Postfix 3.10 and later:", reports, "postfix reload")
            ),
            _ => SelfTestFinding.Ok("dialect", $"The map name {Shown(map.Name)} fits Postfix {version}."),
        };

        string Renamed(string name) =>
            Line(Setting, maps.Replace(map.Text, map.Text[..^map.Name.Length] + name, StringComparison.Ordinal));
    }

    private static SelfTestFinding MxPatterns(PostfixVersion version, PolicyMap map, PostfixFacts facts)
    {
        if (version.EnforcesMxPatterns && facts["smtp_tls_enforce_sts_mx_patterns"] == "no")
            return SelfTestFinding.Change(
                "mx-patterns",
                "smtp_tls_enforce_sts_mx_patterns is no: an MX host that the policy does not list still gets the mail if it shows "
                    + "any certificate that the policy would accept.",
                new("Switch it on:", Line("smtp_tls_enforce_sts_mx_patterns", "yes"), "postfix reload")
            );

        if (version.EnforcesMxPatterns && map.IsTlsRpt)
            return SelfTestFinding.Ok("mx-patterns", "Postfix uses only the MX hosts that a policy lists.");

        var narrowed = map.IsTlsRpt
            ? ""
            : " The answers therefore name the MX hosts in DNS that the policy covers, not its wildcards.";
        return SelfTestFinding.Note(
            "mx-patterns",
            (version.EnforcesMxPatterns ? "With this map name" : $"Before 3.10.5 (here {version})")
                + " Postfix compares certificates with the policy, not the names of MX hosts."
                + narrowed
                + " What stays open: any MX host that shows a certificate for one of these names gets the mail."
        );
    }

    internal static string Line(string name, string value) =>
        $"postconf -e '{name} = {value.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    internal static string Shown(string text) => PrintableText.Of(text, 200);
}
