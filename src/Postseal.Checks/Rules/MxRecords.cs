using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Protocol;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;

namespace Postseal.Checks.Rules;

/// <summary>Who takes the domain's mail (RFC 5321 §5.1, RFC 7505).</summary>
public static class MxRecords
{
    /// <summary>A verification record that a large provider asks for and that nobody removes afterwards ends like this.</summary>
    private static readonly DomainName VerificationZone = DomainName.Parse("msv1.invalid");

    /// <summary>No MX record: an implicit MX, no mail host at all, or nobody knows.</summary>
    public static IEnumerable<Finding> None(DomainFacts facts)
    {
        var domain = facts.Domain.Value;
        switch (facts.Mx)
        {
            case MxLookup.Hosts { IsImplicit: true }:
                yield return Finding.Of(
                    "mx-none",
                    Level.Info,
                    domain,
                    $"{domain} has no MX record, so mail goes to the domain's own address.",
                    $"Say so openly: {domain}. IN MX 10 {domain}."
                );
                break;
            case MxLookup.Nowhere { NameExists: false }:
                yield return Finding.Of(
                    "mx-none",
                    Level.Breaks,
                    domain,
                    $"{domain} does not exist in DNS, so mail to it cannot arrive.",
                    "Check the spelling, and whether the domain's registration and delegation still stand."
                );
                break;
            case MxLookup.Nowhere nowhere when !IsTwiceNull(nowhere.Records):
                yield return Nowhere(domain, nowhere);
                break;
            case MxLookup.Failed failed when !FailsAlike(facts.Sts.Txt, failed):
                yield return Finding.Of(
                    "mx-none",
                    Level.Unknown,
                    domain,
                    $"The MX records of {domain} could not be looked up, so it is not known who takes its mail.",
                    "Try again later; if it stays so, look at the domain's name servers.",
                    ("failure", failed.Failure.ToString()),
                    ("detail", failed.Detail)
                );
                break;
        }
    }

    /// <summary>A null MX, alone or (which contradicts itself) beside others.</summary>
    public static IEnumerable<Finding> Null(DomainFacts facts)
    {
        var domain = facts.Domain.Value;
        if (facts.Mx is MxLookup.NullMx)
            yield return Finding.Of("mx-null", Level.Info, domain, $"{domain} says that it takes no mail (null MX).");

        var records = Published(facts.Mx);
        if (records.Count > 1 && records.Any(r => r.IsNull))
            yield return Finding.Of(
                "mx-null-conflict",
                Level.Warn,
                domain,
                $"{domain} says that it takes no mail (null MX) and has other MX records too.",
                $"If the domain takes mail, remove this record; if not, keep no other: {domain}. IN MX 0 .",
                ("records", Render(records))
            );
    }

    /// <summary>The same host twice.</summary>
    public static IEnumerable<Finding> Duplicate(DomainFacts facts) =>
        from record in Published(facts.Mx)
        where record.Exchange is not null
        group record by record.Exchange into same
        where same.Count() > 1
        select Finding.Of(
            "mx-dup",
            Level.Warn,
            same.Key.Value,
            $"{same.Key} is listed in {Wording.Number(same.Count())} MX records; once is enough.",
            $"Keep one record: {facts.Domain}. IN MX {Wording.Number(same.Min(r => r.Preference))} {same.Key}.",
            ("records", Render(same))
        );

    /// <summary>Leftovers of a domain verification.</summary>
    public static IEnumerable<Finding> Verification(DomainFacts facts) =>
        facts
            .Hosts.Where(h => h.Host.Name.IsWithin(VerificationZone))
            .Select(h =>
                Finding.Of(
                    "mx-ms-verify-host",
                    Level.Info,
                    h.Host.Name.Value,
                    $"{h.Host.Name} only proved to Microsoft that the domain is yours; it never takes mail.",
                    "Remove this MX record."
                )
            );

    /// <summary>True for a leftover of <see cref="Verification"/> that stands beside real hosts: nothing else is said about it.</summary>
    internal static bool IsLeftover(DomainFacts facts, MxHostFacts host) =>
        host.Host.Name.IsWithin(VerificationZone) && facts.Hosts.Any(h => !h.Host.Name.IsWithin(VerificationZone));

    /// <summary>The MX records as published, usable or not.</summary>
    internal static IReadOnlyList<MxRecord> Published(MxLookup mx) =>
        mx switch
        {
            MxLookup.Hosts hosts => hosts.Records,
            MxLookup.Nowhere nowhere => nowhere.Records,
            _ => [],
        };

    private static Finding Nowhere(string domain, MxLookup.Nowhere nowhere) =>
        nowhere.Records.Count == 0
            ? Finding.Of(
                "mx-none",
                Level.Breaks,
                domain,
                $"{domain} has neither an MX record nor an address, so mail to it cannot arrive.",
                $"Publish an MX record that names your mail server, or, if the domain takes no mail: {domain}. IN MX 0 ."
            )
            : Finding.Of(
                "mx-none",
                Level.Breaks,
                domain,
                $"No MX record of {domain} names a host, so mail to it cannot arrive.",
                "An MX record takes a host name, not an address.",
                ("records", Render(nowhere.Records))
            );

    private static bool IsTwiceNull(IReadOnlyList<MxRecord> records) => records.Count > 1 && records.All(r => r.IsNull);

    // One dead name server is one fault: the record's look-up already speaks of it.
    private static bool FailsAlike(DnsAnswer<string> txt, MxLookup.Failed mx) =>
        txt is DnsAnswer<string>.Failed failed && failed.Failure == mx.Failure;

    private static string Render(IEnumerable<MxRecord> records) =>
        Wording.Joined(records.Select(r => $"{Wording.Number(r.Preference)} {r.ExchangeText}"));
}
