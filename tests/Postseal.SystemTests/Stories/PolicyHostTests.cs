using Postseal.SystemTests.Servers;
using Postseal.SystemTests.Sites;

namespace Postseal.SystemTests.Stories;

/// <summary>nginx as policy host, with the faults that switch an enforce policy off without a sign (RFC 8461 §3.3).</summary>
public sealed class PolicyHostTests(RealInternet internet)
{
    private const string Path = "/.well-known/mta-sts.txt";
    private const string NotFoundWithBody = $"error_page 404 {Path}; location = {Path} {{ internal; }}";

    private static readonly string ElsewhereUrl = $"https://mta-sts.enforced.plain.test:{Ports.Shared.Https}{Path}";

    public static IReadOnlyList<Story> Faults { get; } =
    [
        Off("host-expired", new() { Certificate = CertificateKind.Expired }, "host-tls-expired"),
        Off("host-wrong-name", new() { Certificate = CertificateKind.WrongName }, "host-tls-name"),
        Off("host-untrusted", new() { Certificate = CertificateKind.Untrusted }, "host-tls-untrusted"),
        Off("host-self-signed", new() { Certificate = CertificateKind.SelfSigned }, "host-tls-self-signed"),
        Off("host-no-chain", new() { Certificate = CertificateKind.WithoutIntermediate }, "host-tls-incomplete-chain"),
        Off("host-closed", null, "host-tcp"),
        Off("host-alert", new() { Directives = "ssl_reject_handshake on;" }, "host-tls-alert"),
        // To a place that serves a valid policy under a good certificate.
        Off("host-redirects", new() { Directives = $"return 301 {ElsewhereUrl};" }, "http-redirect"),
        // With the perfect policy as its body.
        Off("host-not-found", new() { Directives = NotFoundWithBody }, "http-status"),
        Off("host-html", new() { Directives = "types { text/html txt; }" }, "http-content-type"),
    ];

    /// <summary>A server that compresses for those who ask is no fault: senders do not ask.</summary>
    public static Story Compresses { get; } =
        new(new("host-gzip") { PolicyHost = new() { Directives = "gzip on; gzip_min_length 1; gzip_types text/plain;" } })
        {
            Verdict = "mail ok, protection enforced",
            Decides = ["allowed mx1.@"],
        };

    public static IReadOnlyList<Story> All { get; } = [.. Faults, Compresses];

    public static TheoryData<string> Names { get; } = Story.NamesOf(All);

    [Theory, MemberData(nameof(Names))]
    [Trait("rfc", "8461-3.3-1")]
    [Trait("rfc", "8461-3.3-4")]
    [Trait("rfc", "8461-3.3-5")]
    [Trait("rfc", "8461-3.3-11")]
    public async Task A_fault_of_the_policy_host_is_named_and_nothing_else_is_blamed(string name) =>
        await All.Single(s => s.Site.Name == name).TellAsync(internet, TestContext.Current.CancellationToken);

    private static Story Off(string name, PolicyHost? host, string id) =>
        new(new(name) { PolicyHost = host })
        {
            Verdict = "mail ok, protection off",
            Accuses = [$"off {id} mta-sts.@"],
            Decides = ["unprotected mx1.@"],
            Exit = 1,
        };
}
