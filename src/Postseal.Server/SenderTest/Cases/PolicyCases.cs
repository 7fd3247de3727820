using System.Text;
using Postseal.Lab.Dns;
using Postseal.Lab.Domains;
using Postseal.Lab.Https;

namespace Postseal.Server.SenderTest.Cases;

/// <summary>There is something like a policy, which must not be used. Who uses it does not deliver, as it names another host than the domain has; the
/// mail server itself is in order, so that whoever asks for valid certificates everywhere is not accused of having used it.</summary>
internal static class PolicyCases
{
    // 64 kilobytes are the limit suggested (RFC 8461 §3.3); no sender should need this much.
    private const int TooLong = 2_000_000;

    public static SenderCase[] Of(CaseKit kit) =>
        [
            Ignores(
                kit,
                "C10",
                "Policy with 404",
                "The policy comes with status 404",
                "Take a policy only from an answer with status 200.",
                "8461 §3.3",
                "8461-3.3-4",
                NotFound
            ),
            Ignores(
                kit,
                "C11",
                "Policy redirected",
                "The policy host redirects to the policy",
                "Follow no redirection when a policy is fetched.",
                "8461 §3.3",
                "8461-3.3-5",
                Redirected
            ),
            Ignores(
                kit,
                "C12",
                "Policy host's name",
                "The policy host's certificate is for another name",
                "Take a policy only from a host whose certificate is valid for its name.",
                "8461 §3.3",
                "8461-3.3-1",
                OtherHost
            ),
            Ignores(
                kit,
                "C13",
                "Policy too long",
                "The policy has two megabytes",
                "Stop reading a policy at 64 kilobytes, and take none that is longer.",
                "8461 §3.3",
                "8461-3.3-10",
                d => d.Pad(TooLong)
            ),
            Ignores(
                kit,
                "C14",
                "Policy syntax",
                "The policy lacks its version",
                "Take no policy that lacks version: STSv1.",
                "8461 §3.2",
                "8461-3.2-6",
                NoVersion
            ),
            Ignores(
                kit,
                "C15",
                "Policy as HTML",
                "The policy is served as text/html",
                "Take a policy only when it comes as text/plain.",
                "8461 §3.2",
                "8461-3.2-2",
                Html
            ),
            Ignores(
                kit,
                "C16",
                "Two records",
                "There are two MTA-STS records",
                "Use no policy where there is more than one record.",
                "8461 §3.1",
                "8461-3.1-11",
                TwoRecords
            ),
            Ignores(
                kit,
                "C17",
                "Bad id",
                "The id of the MTA-STS record has hyphens",
                "Take no record whose id has anything but letters and digits.",
                "8461 §3.1",
                "8461-3.1-5",
                BadId
            ),
        ];

    private static SenderCase Ignores(
        CaseKit kit,
        string id,
        string title,
        string fault,
        string demand,
        string rules,
        string requirement,
        Func<LabDomain, LabDomain> change
    ) =>
        kit.Case(
            id,
            title,
            fault,
            Expectation.Deliver,
            "The policy is not used, and the message arrives as if there were none.",
            "It does not arrive: the policy, which names no MX host of the domain, has been used.",
            $"Ask the vendor for this: {demand} Where it has no policy, it is to deliver as if the domain had none.",
            rules,
            [requirement, "8461-3.3-11"],
            CaseKit.Primed(change(kit.Sts(id).Refusing()))
        );

    private static LabDomain NotFound(LabDomain domain) => domain.Site(s => s with { Status = 404 });

    private static LabDomain Redirected(LabDomain domain)
    {
        var www = domain.Sites[0] with { Host = $"www.{domain.Name}", Address = domain.Address(81) };
        var first = domain.Sites[0] with
        {
            Status = 301,
            Headers = [("Location", $"https://{www.Host}{PolicySite.Path}")],
            Body = ReadOnlyMemory<byte>.Empty,
        };
        return domain.Add(new ZoneRecord.Address("www", www.Address)) with { Sites = [first, www] };
    }

    private static LabDomain OtherHost(LabDomain domain) =>
        domain.SiteTls(CaseKit.Face(new() { Names = [domain.Name, $"www.{domain.Name}"] }));

    private static LabDomain NoVersion(LabDomain domain) =>
        domain.Policy(
            Encoding.UTF8.GetString(domain.Sites[0].Body.Span).Replace("version: STSv1\r\n", "", StringComparison.Ordinal)
        );

    private static LabDomain Html(LabDomain domain) =>
        domain.Site(s => s with { Headers = [("Content-Type", "text/html; charset=utf-8")] });

    private static LabDomain TwoRecords(LabDomain domain) => domain.AddTxt("_mta-sts", "v=STSv1; id=20250101T120000;");

    private static LabDomain BadId(LabDomain domain) => domain.Txt("_mta-sts", "v=STSv1; id=2026-11-01;");
}
