namespace Postseal.Tests.Server.SenderTest.Simulator;

/// <summary>What a simulated sender does wrong.</summary>
[Flags]
public enum Defect
{
    None = 0,

    /// <summary>No MTA-STS at all.</summary>
    IgnoresPolicies = 1 << 0,

    /// <summary>Fetches the policy from wherever the policy host points to.</summary>
    FollowsRedirects = 1 << 1,

    /// <summary>Wants TLS where the policy does, and takes any certificate.</summary>
    AcceptsAnyCertificate = 1 << 2,

    /// <summary>Lets a wildcard stand for several labels.</summary>
    MatchesWildcardsTooDeep = 1 << 3,

    /// <summary>Looks a policy up anew for each message and keeps none.</summary>
    ForgetsPolicies = 1 << 4,

    /// <summary>Where there is a policy, TLSA records do not count.</summary>
    PrefersStsOverDane = 1 << 5,

    /// <summary>No DANE at all.</summary>
    IgnoresDane = 1 << 6,

    /// <summary>Gives up when the best MX host will not do.</summary>
    NeverTriesSecondMx = 1 << 7,

    /// <summary>Does not hold the names of MX hosts against the policy.</summary>
    IgnoresMxPatterns = 1 << 8,

    /// <summary>Treats testing like enforce.</summary>
    EnforcesTesting = 1 << 9,

    /// <summary>Takes the first of several records.</summary>
    TakesFirstRecord = 1 << 10,

    /// <summary>Does not name the host it wants to reach.</summary>
    SendsNoSni = 1 << 11,

    /// <summary>Knows IPv4 only.</summary>
    HasNoIPv6 = 1 << 12,

    /// <summary>Never looks for a new id.</summary>
    NeverRefreshes = 1 << 13,

    /// <summary>Sends no TLS reports.</summary>
    SendsNoReports = 1 << 14,

    /// <summary>Delivers in clear when TLS does not come about, whatever the policy says.</summary>
    FallsBackToClear = 1 << 15,

    /// <summary>Posts its TLS reports and mails none: no defect (RFC 8460 §3).</summary>
    OnlyPostsReports = 1 << 16,

    /// <summary>Gives a message up after one try.</summary>
    NeverRetries = 1 << 17,

    /// <summary>Reads a policy whatever the status is that it comes with.</summary>
    TakesAnyStatus = 1 << 18,

    /// <summary>Fetches the policy from a host of another name.</summary>
    TakesAnyPolicyHost = 1 << 19,

    /// <summary>Reads a policy to its end, however long it is.</summary>
    ReadsLongPolicies = 1 << 20,

    /// <summary>Reads a policy that says nothing of its version.</summary>
    NeedsNoVersion = 1 << 21,

    /// <summary>Reads a policy as whatever it is served.</summary>
    TakesAnyMediaType = 1 << 22,

    /// <summary>Takes ids of other characters than letters and digits.</summary>
    TakesAnyId = 1 << 23,

    /// <summary>Asks for valid certificates of everybody, policy or not. It follows no policy that must not be used.</summary>
    VerifiesEverybody = 1 << 24,
}
