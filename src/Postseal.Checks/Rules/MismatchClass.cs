namespace Postseal.Checks.Rules;

/// <summary>The likely reason why no pattern of a policy covers an MX host. Wire names: <see cref="MismatchClasses.ToWire"/>.</summary>
public enum MismatchClass
{
    /// <summary><c>wildcard-too-shallow</c>: a wildcard over an ancestor; it stands for one label only (RFC 8461 §4.1).</summary>
    WildcardTooShallow,

    /// <summary><c>tld</c>: only the last label differs.</summary>
    Tld,

    /// <summary><c>typo</c>: at most three characters away from a pattern that matches nothing.</summary>
    Typo,

    /// <summary><c>lists-mta-sts-host</c>: the policy names the web server of the policy in place of the mail server.</summary>
    ListsMtaStsHost,

    /// <summary><c>third-label</c>: another host of the same zone is covered.</summary>
    ThirdLabel,

    /// <summary><c>old-looking</c>: the whole policy speaks of other zones than the MX records: it may describe a former provider.</summary>
    OldLooking,

    /// <summary><c>other-zone</c>: the policy fits other MX hosts, and this one is in a zone that it does not mention.</summary>
    OtherZone,
}

/// <summary>The wire names of <see cref="MismatchClass"/>.</summary>
public static class MismatchClasses
{
    /// <summary>The text used in evidence.</summary>
    public static string ToWire(this MismatchClass mismatch) =>
        mismatch switch
        {
            MismatchClass.WildcardTooShallow => "wildcard-too-shallow",
            MismatchClass.Tld => "tld",
            MismatchClass.Typo => "typo",
            MismatchClass.ListsMtaStsHost => "lists-mta-sts-host",
            MismatchClass.ThirdLabel => "third-label",
            MismatchClass.OldLooking => "old-looking",
            MismatchClass.OtherZone => "other-zone",
            _ => throw new ArgumentOutOfRangeException(nameof(mismatch)),
        };
}
