using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Protocol.Tls;

namespace Postseal.Checks.Rules;

/// <summary>STARTTLS, its handshake, and TLS versions at the MX hosts (RFC 8461 §4.2, §7).</summary>
public static class MxTransport
{
    private const string NothingNewer = "protocol-version";

    /// <summary>STARTTLS is not offered, or it is and works.</summary>
    public static IEnumerable<Finding> StartTls(DomainFacts facts)
    {
        foreach (var host in facts.Hosts)
        {
            var stakes = Stakes.Of(host, facts.Sts.Lookup);
            foreach (var place in PerAddress.Where(host, IsAnswered, s => s.Probe.Tls is TlsOutcome.NotOffered))
                yield return Finding.Of(
                    "starttls-missing",
                    stakes.NoTls,
                    place.Subject,
                    $"{host.Host.Name} does not offer STARTTLS, {stakes.NoTlsMeans}",
                    "Switch TLS on in the mail server (Postfix: smtpd_tls_security_level = may, and a certificate).",
                    ("addresses", place.Addresses),
                    ("offered", Wording.Joined(place.Sessions[0].Probe.Ehlo?.Keywords.Select(k => k.Name) ?? []))
                );

            var answered = host.Sessions.Where(IsAnswered).ToList();
            if (answered.Count > 0 && answered.All(s => s.Probe.Tls is TlsOutcome.Established))
                yield return Finding.Of(
                    "starttls-missing",
                    Level.Ok,
                    host.Host.Name.Value,
                    $"{host.Host.Name} offers STARTTLS with {Wording.Series(Versions(answered))}.",
                    null,
                    ("addresses", Wording.Joined(answered.Select(s => s.Probe.Address.ToString())))
                );
        }
    }

    /// <summary>STARTTLS works without being offered.</summary>
    public static IEnumerable<Finding> HiddenStartTls(DomainFacts facts) =>
        from host in facts.Hosts
        from place in PerAddress.Where(host, IsAnswered, s => s.Probe.HiddenStartTls)
        select Finding.Of(
            "starttls-hidden",
            Level.Warn,
            place.Subject,
            $"{host.Host.Name} does not offer STARTTLS and yet knows it: something between may be taking the offer away.",
            "Look for a firewall or proxy that inspects SMTP (some write XXXXXXXA in the reply) and switch that off; else make the server offer STARTTLS.",
            ("addresses", place.Addresses),
            ("offered", Wording.Joined(place.Sessions[0].Probe.Ehlo?.Keywords.Select(k => k.Name) ?? []))
        );

    /// <summary>STARTTLS is offered and no session comes of it.</summary>
    public static IEnumerable<Finding> Handshake(DomainFacts facts)
    {
        foreach (var host in facts.Hosts)
        {
            var stakes = Stakes.Of(host, facts.Sts.Lookup);
            foreach (var place in PerAddress.Where(host, IsAnswered, s => s.Probe.Tls is TlsOutcome.CommandRefused))
                yield return Finding.Of(
                    "starttls-handshake",
                    stakes.NoTls,
                    place.Subject,
                    $"{host.Host.Name} offers STARTTLS but refuses the command, {stakes.NoTlsMeans}",
                    "Look into the server's log: most often its certificate or key cannot be read.",
                    ("addresses", place.Addresses),
                    ("reply", place.Sessions[0].Probe.StartTlsReply?.Text ?? ""),
                    ("code", Wording.Number(((TlsOutcome.CommandRefused)place.Sessions[0].Probe.Tls).ReplyCode))
                );

            foreach (var place in PerAddress.Where(host, IsAnswered, s => Failure(s) is not (null or NothingNewer)))
                yield return Finding.Of(
                    "starttls-handshake",
                    stakes.NoTls,
                    place.Subject,
                    $"{host.Host.Name} offers STARTTLS but the TLS handshake fails, {stakes.NoTlsMeans}",
                    "Look into the server's log; try it with: openssl s_client -starttls smtp -connect "
                        + $"{host.Host.Name}:25 -servername {host.Host.Name}",
                    ("addresses", place.Addresses),
                    ("reason", Failure(place.Sessions[0]) ?? "")
                );
        }
    }

    /// <summary>Nothing newer than TLS 1.1, or TLS 1.0 and 1.1 besides newer ones (RFC 8996).</summary>
    public static IEnumerable<Finding> OldVersions(DomainFacts facts)
    {
        foreach (var host in facts.Hosts)
        {
            var stakes = Stakes.Of(host, facts.Sts.Lookup);
            foreach (var place in PerAddress.Where(host, IsAnswered, s => Failure(s) is NothingNewer))
                yield return Finding.Of(
                    "tls12-missing",
                    stakes.NoTls,
                    place.Subject,
                    $"{host.Host.Name} offers nothing newer than TLS 1.1, {stakes.NoTlsMeans}",
                    "Switch on TLS 1.2 and 1.3; a server that has neither needs newer software.",
                    ("addresses", place.Addresses),
                    ("version", place.Sessions[0].Probe.LegacyTls ?? "")
                );

            foreach (var place in PerAddress.Where(host, IsEstablished, s => s.Probe.LegacyTls is not null))
                yield return Finding.Of(
                    "tls-version",
                    Level.Warn,
                    place.Subject,
                    $"{host.Host.Name} still speaks {place.Sessions[0].Probe.LegacyTls}, which is no longer safe.",
                    "Switch off TLS 1.0 and 1.1 (Postfix: smtpd_tls_protocols = >=TLSv1.2).",
                    ("addresses", place.Addresses),
                    ("version", place.Sessions[0].Probe.LegacyTls!)
                );
        }
    }

    /// <summary>Which hosts have TLS 1.3.</summary>
    public static IEnumerable<Finding> Tls13(DomainFacts facts)
    {
        var established = facts.Hosts.Where(h => h.Sessions.Any(IsEstablished)).ToList();
        foreach (var host in established)
        foreach (
            var place in PerAddress.Where(
                host,
                IsEstablished,
                s => s.Probe.Tls is TlsOutcome.Established { Protocol: not "TLSv1.3" }
            )
        )
            yield return Finding.Of(
                "tls13",
                Level.Info,
                place.Subject,
                $"{host.Host.Name} speaks {Wording.Series(Versions(place.Sessions))}, not yet TLS 1.3; that is enough.",
                null,
                ("addresses", place.Addresses)
            );

        if (established.Count > 0 && established.SelectMany(h => h.Sessions.Where(IsEstablished)).All(HasTls13))
            yield return Finding.Of("tls13", Level.Ok, facts.Domain.Value, "Every MX host that was tested speaks TLS 1.3.");
    }

    /// <summary>The certificate depends on SNI, or the server demands SNI, which RFC 8461 §7.1 forbids.</summary>
    public static IEnumerable<Finding> Sni(DomainFacts facts)
    {
        foreach (var host in facts.Hosts)
        {
            foreach (var place in PerAddress.Where(host, IsEstablished, s => s.Probe.RefusesWithoutSni))
                yield return Finding.Of(
                    "sni-dependence",
                    Level.Warn,
                    place.Subject,
                    $"{host.Host.Name} refuses TLS to clients that do not name the server (SNI); some senders do not.",
                    "Configure a default certificate for clients without SNI.",
                    ("addresses", place.Addresses)
                );

            foreach (var place in PerAddress.Where(host, IsEstablished, ShowsAnother))
            {
                var without = place.Sessions[0].Probe.WithoutSni!;
                var spoils = Chain(place.Sessions[0])!.IsValid && !without.IsValid;
                yield return Finding.Of(
                    "sni-dependence",
                    spoils ? Level.Warn : Level.Info,
                    place.Subject,
                    $"{host.Host.Name} shows another certificate to clients that do not name the server (SNI)"
                        + (spoils ? ", and that one is not valid for this host." : "."),
                    spoils ? $"Make the certificate for {host.Host.Name} the default one." : null,
                    ("addresses", place.Addresses),
                    ("names", Wording.Joined(without.Leaf.DnsNames)),
                    ("problems", Wording.Joined(without.Problems.Select(p => p.ToWire())))
                );
            }
        }
    }

    /// <summary>True for a session in which the question of TLS could be put.</summary>
    internal static bool IsAnswered(SessionFacts session) => session.Probe.Tls is not TlsOutcome.Unknown;

    /// <summary>True for a session that has a certificate chain to judge.</summary>
    internal static bool IsEstablished(SessionFacts session) => session.Probe.Tls is TlsOutcome.Established;

    /// <summary>The chain presented with SNI; null without a TLS session.</summary>
    internal static PresentedChain? Chain(SessionFacts session) => (session.Probe.Tls as TlsOutcome.Established)?.Chain;

    private static bool HasTls13(SessionFacts session) => session.Probe.Tls is TlsOutcome.Established { Protocol: "TLSv1.3" };

    private static string? Failure(SessionFacts session) => (session.Probe.Tls as TlsOutcome.HandshakeFailed)?.Reason;

    private static bool ShowsAnother(SessionFacts session) =>
        session.Probe.WithoutSni is { } without && Chain(session) is { } chain && without.Leaf.Sha256 != chain.Leaf.Sha256;

    private static List<string> Versions(IEnumerable<SessionFacts> sessions) =>
        [
            .. sessions
                .Select(s => s.Probe.Tls)
                .OfType<TlsOutcome.Established>()
                .Select(t => t.Protocol)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
}
