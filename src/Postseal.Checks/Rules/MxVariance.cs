using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Protocol.Tls;
using Postseal.Resolver.Decisions;

namespace Postseal.Checks.Rules;

/// <summary>One bad server behind good ones: senders meet it now and then, and a test of the first host never does (RFC 8461 §8.4).</summary>
public static class MxVariance
{
    /// <summary>The addresses of one host answer differently.</summary>
    public static IEnumerable<Finding> Addresses(DomainFacts facts)
    {
        foreach (var host in facts.Hosts)
        {
            var answered = host.Sessions.Where(MxTransport.IsAnswered).ToList();
            var differ = answered.Select(State).Distinct().Count() > 1;
            if (!differ && answered.Select(Version).Distinct().Count() <= 1)
                continue;

            yield return Finding.Of(
                "per-address-variance",
                differ && Stakes.Of(host, facts.Sts.Lookup).AreHeld ? Level.Warn : Level.Info,
                host.Host.Name.Value,
                differ
                    ? $"The addresses of {host.Host.Name} answer differently, so the same mail fails or passes by chance."
                    : $"The addresses of {host.Host.Name} speak different TLS versions.",
                "Give every server behind this name the same settings and certificates.",
                [.. answered.Select(s => (s.Probe.Address.ToString(), Describe(s)))]
            );
        }
    }

    /// <summary>Some hosts are fit for the policy, others are not. Hosts refused for another reason are left out.</summary>
    public static IEnumerable<Finding> Hosts(DomainFacts facts)
    {
        var tested = facts
            .Hosts.Where(h => !IsSkipped(h.Decision))
            .Select(h => (Host: h, Sessions: h.Sessions.Where(MxTransport.IsAnswered).ToList()))
            .Where(t => t.Sessions.Count > 0)
            .ToList();
        var fit = tested.Where(t => t.Sessions.All(s => IsFit(t.Host, s))).ToList();
        var differ = fit.Count > 0 && fit.Count < tested.Count;
        if (!differ && tested.Select(t => t.Sessions.Max(Version)).Where(v => v != "").Distinct().Count() <= 1)
            yield break;

        yield return Finding.Of(
            "per-mx-variance",
            differ && tested.Any(t => Stakes.Of(t.Host, facts.Sts.Lookup).AreHeld) ? Level.Warn : Level.Info,
            facts.Domain.Value,
            differ
                ? $"Only some MX hosts are in order ({Wording.Number(fit.Count)} of {Wording.Number(tested.Count)}), so mail depends on which one a sender meets."
                : "The MX hosts speak different TLS versions.",
            "Give all MX hosts the same settings; what is wrong is named for each host.",
            [.. tested.Select(t => (t.Host.Host.Name.Value, Wording.Joined(t.Sessions.Select(Describe).Distinct())))]
        );
    }

    private static bool IsSkipped(Decision decision) =>
        decision is Decision.Refuse or Decision.Opportunistic { Judged: Decision.Refuse };

    // DANE decides by TLSA records alone; everywhere else a host is fit when PKIX accepts it, whether or not anyone asks today.
    private static bool IsFit(MxHostFacts host, SessionFacts session) =>
        host.Decision is Decision.RequireTlsa or Decision.RequireTls
            ? session.Verdict is SessionVerdict.Use
            : session.Verdict is not SessionVerdict.Avoid && MxTransport.Chain(session) is { IsValid: true };

    // What makes two sessions different in the eyes of a sender.
    private static string State(SessionFacts session)
    {
        var verdict = session.Verdict is SessionVerdict.Avoid avoid ? avoid.ReasonCode : "";
        var problems = MxTransport.Chain(session)?.Problems.Where(p => p.Refuses()).Select(p => p.ToWire()) ?? [];
        return $"{session.Probe.Tls.GetType().Name} {verdict} {Wording.Joined(problems)}";
    }

    // Empty without TLS.
    private static string Version(SessionFacts session) => (session.Probe.Tls as TlsOutcome.Established)?.Protocol ?? "";

    private static string Describe(SessionFacts session) =>
        session.Probe.Tls switch
        {
            TlsOutcome.Established { Chain.Problems: [] } tls => tls.Protocol,
            TlsOutcome.Established tls => $"{tls.Protocol} with {Wording.Joined(tls.Chain.Problems.Select(p => p.ToWire()))}",
            TlsOutcome.NotOffered => "no STARTTLS",
            TlsOutcome.CommandRefused => "STARTTLS refused",
            TlsOutcome.HandshakeFailed => "handshake failed",
            _ => "not tested",
        };
}
