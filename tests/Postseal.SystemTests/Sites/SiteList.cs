using Postseal.SystemTests.Stories;

namespace Postseal.SystemTests.Sites;

/// <summary>Every domain of the test Internet.</summary>
public static class SiteList
{
    /// <summary>The domains of all stories.</summary>
    public static IReadOnlyList<Site> All { get; } =
    [
        .. new[] { HealthyTests.All, PolicyHostTests.All, MailServerTests.All, DnsTests.All }
            .SelectMany(s => s)
            .Select(s => s.Site),
    ];
}
