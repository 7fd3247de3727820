using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Protocol.Dane;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Decisions;

namespace Postseal.Checks.Rules;

/// <summary>How TLSA records are made: parameters that cannot be used or should not be, and records that no certificate answers to.</summary>
public static class DaneParameters
{
    private const int Sha256Bytes = 32;
    private const int Sha512Bytes = 64;

    /// <summary>Parameters that make a record unusable, and full data in DNS.</summary>
    public static IEnumerable<Finding> Parameters(DomainFacts facts)
    {
        foreach (var host in facts.Hosts)
        {
            var faults = DaneRecords
                .Records(host)
                .Select(r => (Record: r, Fault: Fault(r)))
                .Where(f => f.Fault is not null)
                .ToList();
            if (faults.Count == 0)
                continue;

            var lost = host.Dane is DaneLookup.Unusable;
            yield return Finding.Of(
                "dane-params",
                Level.Warn,
                host.Host.Name.Value,
                lost
                    ? $"No TLSA record of {host.Host.Name} can be used ({faults[0].Fault}), so senders ask for TLS but check no certificate."
                    : $"TLSA records of {host.Host.Name} are not as they should be: {Wording.Series([.. faults.Select(f => f.Fault!).Distinct()])}.",
                "Publish the form 3 1 1 (SHA-256 of the server's public key).",
                ("tlsa", Wording.Joined(faults.Select(f => f.Record.ToString())))
            );
        }
    }

    /// <summary>Usages 0 and 1, which RFC 7672 §3.1.3 says not to publish for SMTP.</summary>
    public static IEnumerable<Finding> PkixUsages(DomainFacts facts) =>
        from host in facts.Hosts
        let records = DaneRecords.Records(host).Where(r => r.Usage <= 1).ToList()
        where records.Count > 0
        select Finding.Of(
            "dane-cert-usage-pkix",
            Level.Warn,
            host.Host.Name.Value,
            $"{host.Host.Name} has TLSA records of usage {Wording.Joined(records.Select(r => Wording.Number(r.Usage)).Distinct().Order())}, which mail servers ignore.",
            "Use 3 (this server's key) instead of 1, and 2 (this authority) instead of 0.",
            ("tlsa", Wording.Joined(records.Select(r => r.ToString())))
        );

    /// <summary>
    /// Usable records that nothing presented matches, at a host that DANE accepts. One whose parameters another record shares is a prepared change or
    /// a leftover; one that stands alone breaks RFC 7671 §8, because a sender may look at such records only.
    /// </summary>
    public static IEnumerable<Finding> Unmatched(DomainFacts facts)
    {
        foreach (var host in facts.Hosts)
        {
            if (host.Decision is not Decision.RequireTlsa decision || !host.Sessions.Any(IsAccepted))
                continue;

            var usable = decision
                .Records.Where(r => r.IsUsable)
                .Distinct()
                .ToLookup(r => Matches(r, host, decision, facts.CheckedAt));
            var idle = usable[false].ToList();
            if (idle.Count == 0)
                continue;

            var alone = idle.Where(r => !usable[true].Any(m => SameParameters(m, r))).ToList();
            yield return Finding.Of(
                "dane-no-rollover",
                alone.Count > 0 ? Level.Warn : Level.Info,
                host.Host.Name.Value,
                alone.Count > 0
                    ? $"{host.Host.Name} has TLSA records of the form {Form(alone[0])}, and its certificate matches none of that form."
                    : $"{host.Host.Name} has TLSA records for a certificate that it does not present: a change being prepared, or a leftover.",
                alone.Count > 0
                    ? "Publish for each form in use a record that matches the present certificate, or remove the form."
                    : "If no change of certificate is planned, remove them.",
                ("tlsa", Wording.Joined(idle.Select(r => r.ToString())))
            );
        }
    }

    private static string? Fault(TlsaRecord record) =>
        record switch
        {
            { Usage: > 3 } => $"unknown usage {Wording.Number(record.Usage)}",
            { Selector: > 1 } => $"unknown selector {Wording.Number(record.Selector)}",
            { MatchingType: > 2 } => $"unknown matching type {Wording.Number(record.MatchingType)}",
            { MatchingType: 1, Data.Length: not Sha256Bytes } => "a SHA-256 digest of the wrong length",
            { MatchingType: 2, Data.Length: not Sha512Bytes } => "a SHA-512 digest of the wrong length",
            { Usage: >= 2, IsUsable: false } => "data that is no certificate or key",
            { MatchingType: 0 } => "whole certificates or keys, too large for DNS",
            _ => null,
        };

    private static bool IsAccepted(SessionFacts session) =>
        MxTransport.IsEstablished(session) && session.Verdict is SessionVerdict.Use;

    private static bool Matches(TlsaRecord record, MxHostFacts host, Decision.RequireTlsa decision, DateTimeOffset now) =>
        host
            .Sessions.Select(MxTransport.Chain)
            .Any(c => c is not null && DaneMatch.Verify([record], c, decision.ReferenceNames, now) is DaneMatch.Matched);

    private static bool SameParameters(TlsaRecord one, TlsaRecord other) =>
        (one.Usage, one.Selector, one.MatchingType) == (other.Usage, other.Selector, other.MatchingType);

    private static string Form(TlsaRecord record) =>
        $"{Wording.Number(record.Usage)} {Wording.Number(record.Selector)} {Wording.Number(record.MatchingType)}";
}
