using Postseal.Protocol;
using Postseal.Protocol.MtaSts;

namespace Postseal.Checks.Rules;

/// <summary>Why a policy does not cover an MX host, as far as the names show it.</summary>
/// <param name="Class">The likely reason.</param>
/// <param name="Nearest">The pattern that was probably meant to cover the host; null when none comes near.</param>
public sealed record Mismatch(MismatchClass Class, MxPattern? Nearest)
{
    /// <summary>More edits than this are another name, not a slip.</summary>
    public const int MaxEdits = 3;

    // One edit in so many characters of a label: foo and bar are three edits apart and no slip.
    private const int CharactersPerEdit = 2;

    // A policy with more lines than this was not typed by hand.
    private const int MaxPatterns = 200;

    // Second-level labels under which names are registered (co.uk, com.au …). A guess, used for wording only.
    private static readonly HashSet<string> RegistryLabels = new(StringComparer.Ordinal)
    {
        "ac",
        "co",
        "com",
        "edu",
        "go",
        "gob",
        "gov",
        "ltd",
        "mil",
        "ne",
        "net",
        "or",
        "org",
        "plc",
    };

    /// <summary>Classifies one uncovered host; the most telling reason wins.</summary>
    /// <param name="host">An MX host that no pattern matches.</param>
    /// <param name="domain">The policy domain.</param>
    /// <param name="patterns">The policy's patterns.</param>
    /// <param name="mxHosts">All MX hosts of the domain: a pattern that matches one of them is no slip.</param>
    public static Mismatch Classify(
        DomainName host,
        DomainName domain,
        IEnumerable<MxPattern> patterns,
        IReadOnlyCollection<DomainName> mxHosts
    )
    {
        var all = patterns.Distinct().Take(MaxPatterns).ToList();
        var unused = all.Where(p => !mxHosts.Any(p.Matches) && !IsPolicyHost(p, domain)).ToList();

        if (all.Find(p => IsTooShallow(p, host)) is { } shallow)
            return new(MismatchClass.WildcardTooShallow, shallow);
        if (unused.Find(p => DiffersInLastLabel(p, host)) is { } otherTld)
            return new(MismatchClass.Tld, otherTld);
        if (unused.Where(p => IsSlip(p, host)).MinBy(p => Edits(p, host)) is { } slip)
            return new(MismatchClass.Typo, slip);
        if (all.Find(p => IsPolicyHost(p, domain)) is { } policyHost)
            return new(MismatchClass.ListsMtaStsHost, policyHost);
        if ((unused.Find(p => SameZone(p.Domain, host)) ?? all.Find(p => SameZone(p.Domain, host))) is { } sibling)
            return new(MismatchClass.ThirdLabel, sibling);

        return all.Any(p => mxHosts.Any(h => SameZone(p.Domain, h)))
            ? new(MismatchClass.OtherZone, null)
            : new(MismatchClass.OldLooking, all.FirstOrDefault());
    }

    /// <summary>True for the pattern that is the policy's own web server.</summary>
    internal static bool IsPolicyHost(MxPattern pattern, DomainName domain) =>
        !pattern.IsWildcard && domain.TryPrepend(StsPolicy.HostLabel, out var policyHost) && pattern.Domain.Equals(policyHost);

    private static bool IsTooShallow(MxPattern pattern, DomainName host) =>
        pattern.IsWildcard && host.Parent is { } parent && parent.IsWithin(pattern.Domain) && !parent.Equals(pattern.Domain);

    // What a pattern's domain stands beside: the host, or for a wildcard the rest after its first label.
    private static DomainName? Counterpart(MxPattern pattern, DomainName host) => pattern.IsWildcard ? host.Parent : host;

    private static bool DiffersInLastLabel(MxPattern pattern, DomainName host)
    {
        if (Counterpart(pattern, host) is not { } name)
            return false;

        var one = pattern.Domain.Value;
        var other = name.Value;
        var dot = one.LastIndexOf('.');
        return dot > 0 && dot == other.LastIndexOf('.') && one.AsSpan(0, dot).SequenceEqual(other.AsSpan(0, dot));
    }

    private static bool IsSlip(MxPattern pattern, DomainName host) => Edits(pattern, host) <= MaxEdits;

    // Label by label, so that a short label is not taken for any other; one missing or doubled dot is a slip too.
    private static int Edits(MxPattern pattern, DomainName host)
    {
        if (Counterpart(pattern, host) is not { } name)
            return int.MaxValue;

        var (one, other) = (pattern.Domain.Labels, name.Labels);
        if (one.Count != other.Count)
            return EditDistance(pattern.Domain.Value, name.Value) == 1 ? 1 : int.MaxValue;

        var sum = 0;
        foreach (var (left, right) in one.Zip(other))
        {
            var edits = EditDistance(left, right);
            if (edits > MaxEdits || edits * CharactersPerEdit > Math.Max(left.Length, right.Length))
                return int.MaxValue;

            sum += edits;
        }

        return sum;
    }

    // Levenshtein's distance, looked for only near the diagonal; int.MaxValue when it exceeds MaxEdits, so that long hostile names cost little.
    private static int EditDistance(string one, string other)
    {
        if (Math.Abs(one.Length - other.Length) > MaxEdits)
            return int.MaxValue;

        const int Far = MaxEdits + 1;
        int[] previous = [.. Enumerable.Range(0, other.Length + 1).Select(j => Math.Min(j, Far))];
        var current = new int[other.Length + 1];
        for (var i = 1; i <= one.Length; i++)
        {
            Array.Fill(current, Far);
            current[0] = Math.Min(i, Far);
            for (var j = Math.Max(1, i - MaxEdits); j <= Math.Min(other.Length, i + MaxEdits); j++)
            {
                var replace = previous[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                current[j] = Math.Min(replace, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[^1] <= MaxEdits ? previous[^1] : int.MaxValue;
    }

    private static bool SameZone(DomainName one, DomainName other) => Zone(one).Equals(Zone(other));

    private static DomainName Zone(DomainName name)
    {
        var labels = name.Labels;
        var underRegistry = labels.Count > 2 && labels[^1].Length == 2 && RegistryLabels.Contains(labels[^2]);
        for (var extra = labels.Count - (underRegistry ? 3 : 2); extra > 0 && name.Parent is { } parent; extra--)
            name = parent;

        return name;
    }
}
