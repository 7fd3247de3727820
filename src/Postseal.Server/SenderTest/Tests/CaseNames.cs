using Postseal.Lab.Domains;
using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>The names that a sender asks for when it writes to a case.</summary>
internal static class CaseNames
{
    public static IEnumerable<string> Of(SenderCase one) => one.Stages.SelectMany(s => Of(s.Domain)).Distinct();

    // A sender asks for some of them whether they exist or not.
    private static IEnumerable<string> Of(LabDomain domain) =>
        [
            domain.Name,
            .. (string[])
                [$"_mta-sts.{domain.Name}", $"mta-sts.{domain.Name}", $"_smtp._tls.{domain.Name}", $"_25._tcp.{domain.Name}"],
            .. domain.Records.Select(r => Absolute(r.Owner, domain.Name)),
            .. domain.Sites.Select(s => s.Host),
            .. domain.Receivers.SelectMany(r => (string[])[r.Host, $"_25._tcp.{r.Host}"]),
        ];

    private static string Absolute(string owner, string domain) =>
        owner == "@" ? domain
        : owner.EndsWith('.') ? owner[..^1]
        : $"{owner}.{domain}";
}
