using Postseal.SystemTests.Sites;

namespace Postseal.SystemTests.Servers;

/// <summary>The servers are what the stories take them for, in the eyes of dig, openssl and Postfix's own TLS client: no story may pass for a wrong reason.</summary>
public sealed class RealInternetTests(RealInternet internet)
{
    [Theory]
    [InlineData("enforced.plain.test", "MX", "NOERROR")]
    [InlineData("enforced-and-dane.secure.test", "MX", "NOERROR ad")]
    [InlineData("_20025._tcp.mx1.enforced-and-dane.secure.test", "TLSA", "NOERROR ad")]
    [InlineData("bogus.bogus.test", "MX", "SERVFAIL")]
    [InlineData("mx1.dane-bogus.secure.test", "A", "NOERROR ad")]
    [InlineData("_20025._tcp.mx1.dane-bogus.secure.test", "TLSA", "SERVFAIL")]
    [InlineData("_mta-sts.sts-txt-fails.plain.test", "TXT", "SERVFAIL")]
    [InlineData("mta-sts.sts-txt-fails.plain.test", "A", "NOERROR")]
    [InlineData("no-such-domain.secure.test", "MX", "NXDOMAIN ad")]
    [InlineData("no-such-domain.plain.test", "MX", "NXDOMAIN")]
    [InlineData("example.com", "A", "NXDOMAIN")]
    public async Task Unbound_answers(string name, string type, string expected)
    {
        var resolver = internet.Resolver;
        string[] question = [$"@{resolver.Address}", "-p", $"{resolver.Port}", "+adflag", "+noall", "+comments", name, type];
        var dig = await Tool.RunAsync("dig", question, TestContext.Current.CancellationToken);

        Assert.Contains($"status: {expected.Split(' ')[0]},", dig.Output, StringComparison.Ordinal);
        Assert.Equal(expected.EndsWith(" ad", StringComparison.Ordinal), dig.Output.Contains(" ad;", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Postfix_as_a_sender_verifies_exactly_the_mail_servers_that_are_in_order()
    {
        var hosts = internet.Sites.SelectMany(s => s.Mx).Where(mx => mx.Mx.Listens).ToList();
        var verified = new List<string>();
        foreach (var mx in hosts)
        {
            var place = $"[{mx.EndPoint.Address}]:{mx.EndPoint.Port}";
            string[] arguments = ["-c", "-l", "secure", "-F", internet.CaFile, "-s", mx.Host, place, mx.Host];
            var finger = await Tool.RunAsync("posttls-finger", arguments, TestContext.Current.CancellationToken);
            TestContext.Current.TestOutputHelper?.WriteLine(finger.ToString());
            if (finger.Output.Contains("Verified TLS connection", StringComparison.Ordinal))
                verified.Add(mx.Host);
        }

        Assert.Equal(hosts.Where(IsInOrder).Select(mx => mx.Host), verified);
    }

    [Fact]
    public async Task Openssl_verifies_exactly_the_policy_hosts_whose_certificate_is_in_order()
    {
        var sites = internet.Sites.Where(s => s.Site is { Mode: not null, PolicyHost: not null }).ToList();
        var verified = new List<string>();
        foreach (var site in sites)
        {
            var (host, place) = ($"mta-sts.{site.Site.Domain}", site.PolicyPlace);
            string[] names = ["-connect", place.ToString(), "-servername", host, "-verify_hostname", host];
            string[] arguments = ["s_client", .. names, "-CAfile", internet.CaFile, "-verify_return_error"];
            var client = await Tool.RunAsync("openssl", arguments, TestContext.Current.CancellationToken);
            if (client.ExitCode == 0)
                verified.Add(site.Site.Name);
        }

        var inOrder = sites.Where(s =>
            s.Site.PolicyHost is { Certificate: CertificateKind.Good } host
            && !host.Directives.StartsWith("ssl_", StringComparison.Ordinal)
        );
        Assert.Equal(inOrder.Select(s => s.Site.Name), verified);
    }

    private static bool IsInOrder(PlacedMx mx) =>
        mx.Mx is { Certificate: CertificateKind.Good } or { GoodOnlyWithSni: true } && mx.Mx.Parameters.All(p => !SpoilsTls(p));

    private static bool SpoilsTls(string parameter) =>
        parameter is "smtpd_tls_security_level=none" or "smtpd_client_restrictions=reject"
        || parameter.Contains("TLSv1.1", StringComparison.Ordinal);
}
