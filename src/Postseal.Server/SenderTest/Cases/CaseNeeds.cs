namespace Postseal.Server.SenderTest.Cases;

/// <summary>What cases need of the machine that plays them.</summary>
internal static class CaseNeeds
{
    private const string OverIPv6 = "C26";

    /// <summary>The cases that a machine cannot play, by id, with the reason for people.</summary>
    /// <param name="hasIPv6">Whether servers can listen at <c>::1</c>.</param>
    public static Dictionary<string, string> Missing(bool hasIPv6)
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!hasIPv6)
            reasons[OverIPv6] = "The machine that plays the cases has no IPv6.";

        return reasons;
    }
}
