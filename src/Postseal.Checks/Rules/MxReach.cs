using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Protocol.Smtp;
using Postseal.Protocol.Tls;
using Postseal.Smtp.Probe;

namespace Postseal.Checks.Rules;

/// <summary>Whether the MX hosts talked to us at all. What cannot be tested is unknown, never a fault: our address may be the one that is not welcome.</summary>
public static class MxReach
{
    /// <summary>A greeting later than this is worth a word. Anti-spam delays of up to 15 s are common, patient senders wait five minutes (RFC 5321 §4.5.3.2.1).</summary>
    public static readonly TimeSpan SlowGreeting = TimeSpan.FromSeconds(10);

    private enum Silence
    {
        None,
        Unreachable,
        Blocked,
        Greylisted,
        SlowGreet,
        NoRoute,
    }

    /// <summary>No connection, or a conversation that broke off before the question of TLS.</summary>
    public static IEnumerable<Finding> Unreachable(DomainFacts facts)
    {
        foreach (var (host, place) in Places(facts, Silence.Unreachable))
            yield return Finding.Of(
                "smtp-unreachable",
                Level.Unknown,
                place.Subject,
                $"{host.Host.Name} could not be tested: {Reason(place.Sessions[0].Probe)}.",
                Advice(place.Sessions[0].Probe),
                Evidence(place)
            );

        var untried = facts.Hosts.SelectMany(h => h.Sessions.Where(s => Kind(h, s) is Silence.NoRoute)).ToList();
        if (untried.Count > 0)
            yield return Finding.Of(
                "smtp-unreachable",
                Level.Info,
                facts.Domain.Value,
                $"This machine has no way to {Wording.Number(untried.Count)} of the addresses (it has no IPv6, perhaps); the others were tested.",
                "To test these too, run the check on a machine that reaches them.",
                ("addresses", Wording.Joined(untried.Select(s => s.Probe.Address.ToString())))
            );
    }

    /// <summary>The server turned us away before TLS.</summary>
    public static IEnumerable<Finding> Blocked(DomainFacts facts) =>
        Places(facts, Silence.Blocked)
            .Select(p =>
                Finding.Of(
                    "smtp-blocked-us",
                    Level.Unknown,
                    p.Place.Subject,
                    $"{p.Host.Host.Name} turned us away, so it could not be tested; that says nothing about its TLS.",
                    "Run the check from a machine that may deliver mail to this server.",
                    Evidence(p.Place)
                )
            );

    /// <summary>The server asks to come back later.</summary>
    public static IEnumerable<Finding> Greylisted(DomainFacts facts) =>
        Places(facts, Silence.Greylisted)
            .Select(p =>
                Finding.Of(
                    "smtp-greylisted",
                    Level.Unknown,
                    p.Place.Subject,
                    $"{p.Host.Host.Name} asks unknown senders to come back later, so it could not be tested now.",
                    "Try again in ten minutes.",
                    Evidence(p.Place)
                )
            );

    /// <summary>The greeting is late, or did not come while we waited.</summary>
    public static IEnumerable<Finding> SlowGreeters(DomainFacts facts)
    {
        foreach (var (host, place) in Places(facts, Silence.SlowGreet))
            yield return Finding.Of(
                "smtp-slow-greet",
                Level.Unknown,
                place.Subject,
                $"{host.Host.Name} accepted the connection but did not greet in time, so it could not be tested.",
                "If the delay is meant against spam, fine: real senders wait longer than this check. If not, look at the server's load and its DNS.",
                Evidence(place)
            );

        foreach (var host in facts.Hosts)
        foreach (var place in PerAddress.Where(host, IsAnswered, s => s.Probe.Timings.Greeting > SlowGreeting))
            yield return Finding.Of(
                "smtp-slow-greet",
                Level.Info,
                place.Subject,
                $"{host.Host.Name} takes {Wording.Number((int)place.Sessions.Max(s => s.Probe.Timings.Greeting!.Value.TotalSeconds))} s to greet; "
                    + "real senders wait, some tests do not.",
                null,
                ("addresses", place.Addresses)
            );
    }

    /// <summary>The server wants TLS before anything else, which RFC 3207 §4 does not allow a public MX.</summary>
    public static IEnumerable<Finding> RefusesPlaintext(DomainFacts facts) =>
        from host in facts.Hosts
        from place in PerAddress.Where(host, HasGreeted, s => Replies(s.Probe).Any(WantsTls))
        select Finding.Of(
            "mx-refuses-plaintext",
            Level.Info,
            place.Subject,
            $"{host.Host.Name} takes no mail without TLS, so senders that cannot do TLS cannot reach it.",
            "A public mail server should accept mail without TLS too; an MTA-STS policy protects those who can do more.",
            ("addresses", place.Addresses),
            ("reply", Replies(place.Sessions[0].Probe).First(WantsTls).Text)
        );

    private static IEnumerable<(MxHostFacts Host, Place Place)> Places(DomainFacts facts, Silence kind) =>
        from host in facts.Hosts
        from place in PerAddress.Where(host, _ => true, s => Kind(host, s) == kind)
        select (host, place);

    private static Silence Kind(MxHostFacts host, SessionFacts session) =>
        session.Probe switch
        {
            { Tls: not TlsOutcome.Unknown } => Silence.None,
            { Stop: ProbeStop.NotConnected or ProbeStop.AddressRefused, Address: var address }
                when host.Sessions.Any(IsAnswered) && MxAddresses.IsPrivate(host, address) => Silence.None, // mx-private-ip says it
            { Stop: ProbeStop.NotConnected { NoRoute: true } } when host.Sessions.Any(IsAnswered) => Silence.NoRoute,
            { Stop: ProbeStop.Rejected { Reply: var reply } } => IsGreylisting(reply) ? Silence.Greylisted : Silence.Blocked,
            { Stop: ProbeStop.TimedOut { Step: ProbeStep.Greeting } } => Silence.SlowGreet,
            _ => Silence.Unreachable,
        };

    private static bool IsAnswered(SessionFacts session) => session.Probe.Tls is not TlsOutcome.Unknown;

    private static bool HasGreeted(SessionFacts session) => session.Probe.Banner is not null;

    // 421 is "service not available", every other 4xx a "later"; servers that greylist at the greeting say so in words.
    private static bool IsGreylisting(SmtpReply reply) =>
        reply is { Code: >= 400 and < 500 and not 421 }
        || reply.Text.Contains("greylist", StringComparison.OrdinalIgnoreCase)
        || reply.Text.Contains("graylist", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<SmtpReply> Replies(ProbeResult probe)
    {
        if (probe.Banner is { } banner)
            yield return banner;
        if (probe.Stop is ProbeStop.Rejected { Reply: var reply })
            yield return reply;
    }

    // RFC 3207 §4: 530 "Must issue a STARTTLS command first".
    private static bool WantsTls(SmtpReply reply) => reply.Code == 530;

    private static string Reason(ProbeResult probe) =>
        probe.Stop switch
        {
            ProbeStop.NotConnected { NoRoute: true } => "this machine has no way to its address",
            ProbeStop.NotConnected { Reason: "tcp-refused" } => "the connection was refused",
            ProbeStop.NotConnected { Reason: "tcp-timeout" } => "no answer to the connection",
            ProbeStop.AddressRefused => "its address is not public",
            ProbeStop.OverBudget => "this check had used up what it may cost",
            ProbeStop.TimedOut => "it stopped answering",
            ProbeStop.Closed => "it closed the connection",
            ProbeStop.ProtocolError => "it does not speak SMTP as expected",
            _ => "it could not be reached",
        };

    private static string Advice(ProbeResult probe) =>
        probe.Stop switch
        {
            ProbeStop.AddressRefused => "Inside such a network, allow it with --allow-private.",
            ProbeStop.OverBudget => "Check this host by itself: postseal probe HOST.",
            ProbeStop.NotConnected =>
                "Many networks block port 25 for outgoing connections: run the check on a machine that may send mail, then look at the server.",
            _ => "Try again later; if it stays so, look into the server's log.",
        };

    private static (string, string)[] Evidence(Place place) =>
        [
            ("addresses", place.Addresses),
            ("detail", Wording.Joined(place.Sessions.Select(s => s.Probe.Stop?.Detail ?? Unknown(s.Probe)).Distinct())),
        ];

    private static string Unknown(ProbeResult probe) => probe.Tls is TlsOutcome.Unknown unknown ? unknown.Reason : "";
}
