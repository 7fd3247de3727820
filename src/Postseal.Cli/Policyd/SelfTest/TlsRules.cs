using static Postseal.Cli.Policyd.SelfTest.MapRules;

namespace Postseal.Cli.Policyd.SelfTest;

/// <summary>Whether Postfix can do what our answers ask of it: trust roots, a level for all other domains, DNSSEC.</summary>
internal static class TlsRules
{
    private const string Roots = "/etc/ssl/certs/ca-certificates.crt";

    public static IEnumerable<SelfTestFinding> Judge(PostfixFacts facts, OurSide ours)
    {
        yield return Ca(facts);
        yield return Level(facts);
        yield return Dnssec(facts, ours);
        if (InsecureMx(facts) is { } insecure)
            yield return insecure;

        yield return Resolvers(facts, ours);
    }

    private static SelfTestFinding Ca(PostfixFacts facts)
    {
        // CAfile is read before smtp(8) enters its directory, CApath at each handshake, inside (postconf(5)).
        var (file, path) = (Shown(facts["smtp_tls_CAfile"]), Shown(facts["smtp_tls_CApath"]));
        if (facts.CaFile == CaPlace.Good)
            return SelfTestFinding.Ok("ca", $"Postfix has roots to check certificates with (smtp_tls_CAfile = {file}).");

        if (facts.CaPath == CaPlace.Good)
            return SelfTestFinding.Ok("ca", $"Postfix has roots to check certificates with (smtp_tls_CApath = {path}).");

        if (facts["tls_append_default_CA"] == "yes")
            return SelfTestFinding.Note(
                "ca",
                "Postfix uses the roots of its OpenSSL (tls_append_default_CA); they were not looked at."
            );

        if (facts.CaFile == CaPlace.Unreadable || facts.CaPath == CaPlace.Unreadable)
            return SelfTestFinding.Unknown(
                "ca",
                "The roots that Postfix is told to use may not be read by this user.",
                new("Run this as root.")
            );

        var inside =
            facts.Chroot && facts.CaPath != CaPlace.NotSet ? $" inside {Shown(facts["queue_directory"])}, where smtp runs" : "";
        var what = (facts.CaFile, facts.CaPath) switch
        {
            (CaPlace.NotSet, CaPlace.NotSet) => "Postfix has no roots: smtp_tls_CAfile and smtp_tls_CApath are empty",
            (CaPlace.NotSet, _) => $"smtp_tls_CApath = {path} holds no certificate{inside}",
            _ => $"smtp_tls_CAfile = {file} holds no certificate",
        };
        return SelfTestFinding.Change(
            "ca",
            $"{what}. Every mail to a domain with an enforced policy is deferred.",
            new("Name the system's roots:", Line("smtp_tls_CAfile", Roots), "postfix reload")
        );
    }

    private static SelfTestFinding Level(PostfixFacts facts)
    {
        const string name = "smtp_tls_security_level";
        var level = facts[name];
        var dnssec = facts["smtp_dns_support_level"] == "dnssec";
        return level switch
        {
            "may" => SelfTestFinding.Ok("level", "Other domains get TLS when they offer it (smtp_tls_security_level = may)."),
            "dane" when dnssec => SelfTestFinding.Ok("level", "Other domains get DANE or TLS when they offer it (level dane)."),
            "dane" or "dane-only" when !dnssec => SelfTestFinding.Change(
                "level",
                $"smtp_tls_security_level = {level} needs DNSSEC, and smtp_dns_support_level is not dnssec.",
                new("Switch it on, or use the level may:", Line("smtp_dns_support_level", "dnssec"), "postfix reload")
            ),
            "" or "none" => SelfTestFinding.Change(
                "level",
                "Domains without a policy get mail in the clear even when they offer TLS "
                    + $"({name} is {(level.Length == 0 ? "empty" : "none")}).",
                new("Use TLS wherever it is offered:", Line(name, "may"), "postfix reload")
            ),
            _ => SelfTestFinding.Note(
                "level",
                $"{name} = {Shown(level)} holds every domain without a policy to that too: mail to servers that cannot do it is "
                    + "deferred. For the open Internet may is usual."
            ),
        };
    }

    private static SelfTestFinding Dnssec(PostfixFacts facts, OurSide ours)
    {
        if (facts["smtp_dns_support_level"] == "dnssec")
            return SelfTestFinding.Ok("dnssec", "Postfix asks DNS for DNSSEC (smtp_dns_support_level = dnssec).");

        if (!ours.GivesDane)
            return SelfTestFinding.Note(
                "dnssec",
                "Postfix does not ask for DNSSEC; it is not needed while this daemon gives no DANE answers."
            );

        return SelfTestFinding.Change(
            "dnssec",
            "This daemon answers dane and dane-only, but smtp_dns_support_level is not dnssec: mail to these domains is deferred.",
            new(
                "Switch it on (or run the daemon with --trust-dnssec no):",
                Line("smtp_dns_support_level", "dnssec"),
                "postfix reload"
            )
        );
    }

    private static SelfTestFinding? InsecureMx(PostfixFacts facts)
    {
        const string name = "smtp_tls_dane_insecure_mx_policy";
        if (facts.Version is not { InsecureMxPolicyIsSane: false } version || !facts.Settings.ContainsKey(name))
            return null;

        // The default is a condition that postconf does not work out.
        var value = facts[name];
        var isDane = value.Contains('$') ? facts["smtp_tls_security_level"] == "dane" : value == "dane";
        return isDane
            ? SelfTestFinding.Change(
                "insecure-mx",
                $"In Postfix {version} {name} = dane is faulty (repaired in 3.6.17, 3.7.13, 3.8.8, 3.9.2 and 3.10).",
                new("Update Postfix, or set:", Line(name, "may"), "postfix reload")
            )
            : null;
    }

    private static SelfTestFinding Resolvers(PostfixFacts facts, OurSide ours)
    {
        var where = facts.Chroot ? facts["queue_directory"] + "/etc/resolv.conf" : "/etc/resolv.conf";
        if (facts.Resolvers is not { } theirs)
            return facts.Chroot
                ? SelfTestFinding.Change(
                    "same-resolver",
                    $"Postfix's smtp runs inside {Shown(facts["queue_directory"])} and finds no resolv.conf there.",
                    new("Copy it:", $"install -D -m 644 /etc/resolv.conf {where}", "postfix reload")
                )
                : SelfTestFinding.Unknown(
                    "same-resolver",
                    $"{where} cannot be read: which resolver Postfix asks cannot be told."
                );

        string[] foreign = [.. theirs.Where(t => !ours.Resolvers.Contains(t)).Select(t => t.ToString())];
        if (foreign.Length == 0)
            return SelfTestFinding.Ok(
                "same-resolver",
                $"Postfix and this daemon ask the same resolver ({string.Join(", ", theirs)})."
            );

        var sentence =
            $"Postfix asks {string.Join(", ", foreign)} ({Shown(where)}), this daemon {string.Join(", ", ours.Resolvers)}";
        return ours.GivesDane
            ? SelfTestFinding.Change(
                "same-resolver",
                $"{sentence}. Where this daemon sees DANE and Postfix's resolver does not validate, mail is deferred.",
                new($"Name the same validating resolver in {Shown(where)}, then:", "postfix reload")
            )
            : SelfTestFinding.Note("same-resolver", $"{sentence}. That is harmless while this daemon gives no DANE answers.");
    }
}
