using System.Globalization;

namespace Postseal.Server.SenderTest.Cases;

/// <summary>
/// The ids of the policies (RFC 8461 §3.1: 1 to 32 letters and digits). A sender that knows a policy by its id need not fetch it for as long as max_age says, and
/// shows nothing of what it can: so each run has ids that no sender has seen.
/// </summary>
internal static class PolicyIds
{
    /// <summary>The id of what begins at this time.</summary>
    public static string Of(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture);

    /// <summary>The id of what all tests of a day share, in UTC.</summary>
    public static string OfDay(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>The id of the policy that comes after one: of no time and no day.</summary>
    public static string After(string id) => $"{id}b";
}
