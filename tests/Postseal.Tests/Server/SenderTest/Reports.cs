namespace Postseal.Tests.Server.SenderTest;

/// <summary>TLS reports (RFC 8460 §4.4), as short as can be.</summary>
internal static class Reports
{
    /// <summary>One about a domain, in ASCII.</summary>
    public static string About(string domain) =>
        $$$"""{"organization-name":"Sender","policies":[{"policy":{"policy-type":"no-policy-found","policy-domain":"{{{domain}}}"}}]}""";
}
