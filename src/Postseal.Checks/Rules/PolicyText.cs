using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Checks.History;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.PolicyHost;
using Postseal.Resolver.Sts;

namespace Postseal.Checks.Rules;

/// <summary>What a valid policy says, and oddities in its text that senders put up with (RFC 8461 §3.2). Faults: <see cref="PolicyTextFaults"/>.</summary>
public static class PolicyText
{
    /// <summary>Under a day a policy hardly outlives the interval at which it is fetched again (standard.md 8461-3.2-17).</summary>
    public static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(86400);

    /// <summary>Two weeks, advised for enforce (standard.md 8461-3.2-17).</summary>
    public static readonly TimeSpan AdvisedLife = TimeSpan.FromSeconds(1209600);

    /// <summary>The policy is valid; what it demands.</summary>
    public static IEnumerable<Finding> Valid(DomainFacts facts)
    {
        if (Policy(facts) is not { } policy)
            yield break;

        var mode = policy.Mode.ToWire();
        yield return Finding.Of(
            "pol-version",
            Level.Ok,
            facts.Domain.Value,
            $"The policy is valid: mode {mode}, kept for {Duration(policy.Lifetime)}, {Wording.Number(policy.Mx.Length)} mx line{(policy.Mx.Length == 1 ? "" : "s")}.",
            null,
            ("mode", mode),
            ("maxAge", Seconds(policy)),
            ("mx", Wording.Joined(policy.Mx.Select(p => p.ToString())))
        );
    }

    /// <summary>Modes that refuse nothing.</summary>
    /// <param name="facts">What was seen now.</param>
    /// <param name="earlier">What was published before, latest first: testing is often forgotten.</param>
    public static IEnumerable<Finding> Mode(DomainFacts facts, IReadOnlyList<Publication> earlier)
    {
        if (Policy(facts) is not { } policy)
            yield break;

        if (policy.Mode == StsMode.Testing)
            yield return Testing(facts, PublicationHistory.TestingSince(earlier));
        else if (policy.Mode == StsMode.None)
        {
            yield return Finding.Of(
                "pol-mode-none",
                Level.Info,
                facts.Domain.Value,
                "The policy is switched off (mode none): senders treat the domain as if it had no policy.",
                "If the policy is being withdrawn, keep record and file until every older policy has run out "
                    + "(its max_age, counted from the day it was last served); then remove both."
            );
        }
    }

    /// <summary>How long senders keep the policy.</summary>
    public static IEnumerable<Finding> MaxAge(DomainFacts facts)
    {
        if (Policy(facts) is not { } policy)
            yield break;

        if (policy.MaxAge > StsPolicy.MaxMaxAge)
        {
            yield return Finding.Of(
                "pol-maxage-range",
                Level.Warn,
                facts.Domain.Value,
                $"max_age ({Seconds(policy)}) is over the limit of 31557600 seconds (a year). Some senders count it as a year, others refuse the policy.",
                $"Put this line into the policy:\nmax_age: 31557600\n{PublishLines.ChangeId(facts)}",
                ("maxAge", Seconds(policy))
            );
        }
        else if (policy.Mode != StsMode.None && policy.Lifetime < (policy.Mode == StsMode.Enforce ? AdvisedLife : ShortLife))
        {
            var isShort = policy.Lifetime < ShortLife;
            var advised = policy.Mode == StsMode.Enforce ? "1209600" : "86400";
            yield return Finding.Of(
                "pol-maxage-short",
                isShort ? Level.Warn : Level.Info,
                facts.Domain.Value,
                isShort
                    ? $"Senders forget the policy after {Duration(policy.Lifetime)} (max_age {Seconds(policy)}). "
                        + "Whoever can block its renewal for that long switches the protection off."
                    : $"Senders keep the policy for {Duration(policy.Lifetime)} (max_age {Seconds(policy)}); two weeks or more resist an attacker better.",
                $"{(policy.Mode == StsMode.Enforce ? "When the policy has proved itself, put" : "Put")} this line into it:\nmax_age: {advised}\n{PublishLines.ChangeId(facts)}",
                ("maxAge", Seconds(policy))
            );
        }
    }

    /// <summary>Addresses where host names belong: legal, and they match nothing.</summary>
    public static IEnumerable<Finding> MxAddresses(DomainFacts facts)
    {
        if (Policy(facts)?.Mx.Where(p => p.IsAddress).Select(p => p.ToString()).ToList() is not { Count: > 0 } addresses)
            yield break;

        yield return Finding.Of(
            "pol-mx-ip",
            Level.Warn,
            facts.Domain.Value,
            $"The policy lists an address ({Wording.Series(addresses)}). An mx line names a host; an address covers none, and upsets some senders.",
            $"Remove the address; these are the hosts of your MX records:\n{PublishLines.MxLines(facts)}",
            ("addresses", Wording.Joined(addresses))
        );
    }

    /// <summary>The web server of the policy listed as a mail server: the commonest mix-up of all.</summary>
    public static IEnumerable<Finding> ListsPolicyHost(DomainFacts facts)
    {
        var host = PublishLines.PolicyHost(facts);
        if (
            Policy(facts) is not { Mode: not StsMode.None } policy
            || !policy.Mx.Any(p => !p.IsWildcard && p.Domain.Value == host)
        )
            yield break;

        if (facts.Hosts.Any(h => h.Host.Name.Value == host))
            yield break;

        var refused = facts
            .Hosts.Where(h => !MxRecords.IsLeftover(facts, h) && !policy.Covers(h.Host.Name) && h.Decision is Decision.Refuse)
            .Select(h => h.Host.Name.Value)
            .ToList();
        var breaks = policy.Mode == StsMode.Enforce && refused.Count > 0;
        yield return Finding.Of(
            "pol-mx-is-mta-sts-host",
            breaks ? Level.Breaks : Level.Warn,
            facts.Domain.Value,
            $"The policy lists {host}, the web server that serves it. An mx line names a mail server."
                + (breaks ? $" Senders that enforce it do not deliver to {Wording.Series(refused)}." : ""),
            $"Replace that line by the hosts of your MX records:\n{PublishLines.MxLines(facts)}\n{PublishLines.ChangeId(facts)}",
            ("refused", Wording.Joined(refused))
        );
    }

    /// <summary>Oddities that do no harm, or not to everyone.</summary>
    public static IEnumerable<Finding> Remarks(DomainFacts facts)
    {
        if (Policy(facts) is null || facts.Sts.Fetch?.Outcome is not FetchOutcome.Body { Bytes: var bytes })
            yield break;

        var remarks = StsPolicyRemark.Inspect(bytes.Span).ToLookup(r => r.Code, StringComparer.Ordinal);
        if (Named(remarks["duplicate-key"]) is { Count: > 0 } repeated)
            yield return Repeated(facts, repeated);

        if (Named(remarks["unknown-key"]) is { Count: > 0 } unknown)
            yield return Unknown(facts, unknown);

        if (LineEnds(remarks) is { } ends)
            yield return Finding.Of(
                "pol-line-endings",
                Level.Info,
                facts.Domain.Value,
                $"{ends} The RFC allows that, and most senders accept it.",
                "To be safe with all, end every line, the last one too, with CR LF."
            );

        if (
            remarks["blank-line"].Concat(remarks["trailing-blank"]).Select(r => r.Line).Distinct().Order().ToList() is
            { Count: > 0 } lines
        )
            yield return Finding.Of(
                "pol-trailing-garbage",
                Level.Info,
                facts.Domain.Value,
                $"The policy has empty lines, or blanks at the end of a line (line {Lines(lines)}). Most senders skip them; some refuse empty lines.",
                "Remove them.",
                ("lines", Lines(lines))
            );
    }

    /// <summary>The valid policy as fetched now; null when there is none.</summary>
    private static StsPolicy? Policy(DomainFacts facts) =>
        facts.Sts is { Fetch: not null, Lookup: StsLookup.Found { Policy: var policy } } ? policy : null;

    private static Finding Testing(DomainFacts facts, DateTimeOffset? since)
    {
        var days = since is { } first ? Math.Max(0, (int)(facts.CheckedAt - first).TotalDays) : 0;
        return Finding.Of(
            "pol-mode-testing",
            Level.Warn,
            facts.Domain.Value,
            "The policy is in testing mode: senders report failures and deliver all the same. It protects no mail yet."
                + (days > 0 ? $" It has been so for {(days == 1 ? "a day" : $"{Wording.Number(days)} days")} at least." : ""),
            "When TLS reports have shown no failures for a few weeks, put this line into the policy:\nmode: enforce\n"
                + PublishLines.ChangeId(facts),
            since is { } known ? [("testingDays", Wording.Number(days)), ("testingSince", Wording.Time(known))] : []
        );
    }

    private static Finding Repeated(DomainFacts facts, List<string> keys) =>
        Finding.Of(
            "pol-dup-key",
            Level.Warn,
            facts.Domain.Value,
            $"The policy has a key twice ({Wording.Series(keys)}). Senders use the first and ignore the rest; some refuse the policy.",
            "Keep one line of each; only mx may come more than once.",
            ("keys", Wording.Joined(keys))
        );

    private static Finding Unknown(DomainFacts facts, List<string> keys) =>
        Finding.Of(
            "pol-unknown-key",
            Level.Info,
            facts.Domain.Value,
            $"The policy has keys that mean nothing to senders ({Wording.Series(keys)}). They are allowed and ignored.",
            "If one of them is a misspelling, correct it; the known keys are version, mode, mx and max_age, in lower case.",
            ("keys", Wording.Joined(keys))
        );

    private static List<string> Named(IEnumerable<StsPolicyRemark> remarks) => [.. remarks.Select(r => r.Text).Distinct()];

    private static string? LineEnds(ILookup<string, StsPolicyRemark> remarks) =>
        remarks.Contains("mixed-line-ends") ? "Some lines of the policy end with LF alone, others with CR LF."
        : remarks.Contains("lf-line-ends") ? "The lines of the policy end with LF alone."
        : remarks.Contains("no-final-line-end") ? "The last line of the policy has no line end."
        : null;

    private static string Lines(List<int> lines) => Wording.Series([.. lines.Select(Wording.Number)]);

    private static string Seconds(StsPolicy policy) => policy.MaxAge.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Duration(TimeSpan time) =>
        time.TotalDays >= 2 ? $"{Wording.Number((int)time.TotalDays)} days"
        : time.TotalHours >= 2 ? $"{Wording.Number((int)time.TotalHours)} hours"
        : time.TotalMinutes >= 2 ? $"{Wording.Number((int)time.TotalMinutes)} minutes"
        : $"{Wording.Number((int)time.TotalSeconds)} seconds";
}
