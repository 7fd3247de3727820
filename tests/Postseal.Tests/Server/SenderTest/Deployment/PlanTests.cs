using System.Net;
using Postseal.Lab.Dns;
using Postseal.Server.Configuration;
using Postseal.Server.SenderTest.Deployment;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Deployment;

/// <summary>What a deployment offers with the addresses and zones that it has.</summary>
public sealed class PlanTests
{
    private const string Zone = "st.example.org";

    private static readonly SenderTestSettings Smallest = new(Zone, [IPAddress.Parse("192.0.2.10")], "/nowhere");

    private static readonly SenderTestSettings Whole = new(
        Zone,
        [.. new[] { "192.0.2.10", "2001:db8::10", "192.0.2.11", "192.0.2.12" }.Select(IPAddress.Parse)],
        "/nowhere"
    )
    {
        HasDnssec = true,
        Places = 2,
    };

    private static readonly DateTimeOffset Made = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void With_everything_only_what_no_authority_issues_is_missing()
    {
        Assert.Equal(["C3", "C5"], PublicBench.Plan(Whole, hasExpired: false).NotOffered.Keys);
        Assert.Equal(["C5"], PublicBench.Plan(Whole, hasExpired: true).NotOffered.Keys);
    }

    [Fact]
    public void Each_case_that_cannot_be_offered_says_why()
    {
        var missing = PublicBench.Plan(Smallest with { HasNameServer = false }, hasExpired: true).NotOffered;
        Assert.Equal(["C1", "C5", "C19", "C20", "C21", "control-dane", "C22", "C23", "C26"], missing.Keys);
        Assert.Equal("A server without STARTTLS needs an address of its own, and this deployment has only one.", missing["C1"]);
        Assert.Equal("This deployment has no IPv6 address.", missing["C26"]);
        Assert.Equal("The zone of this deployment is not signed with DNSSEC.", missing["C22"]);
    }

    [Fact]
    public void Servers_share_the_first_address_but_for_those_that_SNI_cannot_tell_apart()
    {
        var domains = PublicBench.Plan(Whole, hasExpired: true).Domains.ToDictionary(d => d.Name);
        Assert.Equal(["192.0.2.10", "2001:db8::10"], Of("c0", "mx1"));
        Assert.Equal(["192.0.2.10", "2001:db8::10"], Of("c0", "mta-sts"));
        Assert.Equal(["192.0.2.11"], Of("c1", "mx1"));
        Assert.Equal(["192.0.2.10", "2001:db8::10"], Of("c1", "mta-sts"));
        Assert.Equal(["192.0.2.12"], Of("c7", "mx1"));
        Assert.Equal(["192.0.2.10", "2001:db8::10"], Of("c7", "mx2"));
        Assert.Equal(["2001:db8::10"], Of("c26", "mx1"));

        string[] Of(string label, string owner) =>
            [
                .. domains[$"{label}.{Zone}"]
                    .Records.OfType<ZoneRecord.Address>()
                    .Where(a => a.Owner == owner)
                    .Select(a => a.Value.ToString()),
            ];
    }

    [Fact]
    public void Behind_address_translation_records_and_listeners_differ()
    {
        var settings = Smallest with { Listen = [IPAddress.Parse("10.0.0.5")] };
        var domain = PublicBench.Plan(settings, hasExpired: true).Domains.First(d => d.Name == $"c0.{Zone}");
        Assert.All(domain.Records.OfType<ZoneRecord.Address>(), a => Assert.Equal("192.0.2.10", a.Value.ToString()));
        Assert.All(domain.Receivers, r => Assert.Equal("10.0.0.5", r.Address.ToString()));
        Assert.All(domain.Sites, s => Assert.Equal("10.0.0.5", s.Address.ToString()));
    }

    [Fact]
    public void Each_certificate_lacks_what_must_not_be_good()
    {
        var names = PublicBench.Names(Whole);
        Assert.Empty(names.PolicyHosts.Intersect(names.MailHosts));
        Assert.InRange(names.PolicyHosts.Count, 30, 100); // the most that public authorities put into one
        Assert.InRange(names.MailHosts.Count, 10, 100);
        string[] neither = [$"mta-sts.c12.{Zone}", $"mx1.c2.{Zone}", $"mx1.c4.{Zone}", $"mx1.c8.{Zone}", $"mx1.c22.{Zone}"];
        Assert.Empty(names.PolicyHosts.Concat(names.MailHosts).Intersect(neither));
        Assert.Contains($"mx1.c3.{Zone}", names.MailHosts); // was good before it expired
        Assert.Contains($"mx1.c27.{Zone}", names.PolicyHosts); // not shown to those who do not ask for it
        Assert.Contains($"mx.{Zone}", names.MailHosts);
    }

    [Fact]
    public void Both_certificates_have_room_for_the_most_places()
    {
        var names = PublicBench.Names(Whole with { Places = 20 });
        Assert.InRange(names.PolicyHosts.Count, 1, 100);
        Assert.InRange(names.MailHosts.Count, 1, 100);
    }

    [Fact]
    public void Where_the_server_answers_for_the_zone_the_zone_above_needs_no_more_than_where_it_is()
    {
        var lines = Text(Smallest, []).Split('\n').Where(l => l.Length > 0 && l[0] != ';');
        Assert.Equal([$"{Zone}. 300 IN NS ns.{Zone}.", $"ns.{Zone}. 300 IN A 192.0.2.10"], lines);
    }

    [Fact]
    public void In_a_signed_zone_the_cases_about_DANE_stand_and_the_others_are_delegated()
    {
        var lines = Text(Whole, ["ns1.example.net"]).Split('\n');
        Assert.Contains($"@ IN SOA ns1.example.net. hostmaster.{Zone}. 1795608000 3600 600 1209600 300", lines);
        Assert.Contains("c0 IN NS ns", lines);
        Assert.Contains("c19.p2 IN NS ns", lines);
        Assert.Contains($"c22 5 IN MX 10 mx1.c22.{Zone}.", lines);
        Assert.Contains($"_25._tcp.mx1.c22 5 IN TLSA 3 1 1 {new string('A', 64)}", lines);
        Assert.DoesNotContain(lines, l => l.StartsWith("c22 IN NS", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_name_server_everything_stands_in_the_zone()
    {
        var text = Text(Smallest with { HasNameServer = false }, []);
        Assert.DoesNotContain(" NS ", text.Replace("; SOA and NS", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("_mta-sts.c0 5 IN TXT \"v=STSv1; id=today1;\"", text, StringComparison.Ordinal);
        Assert.Contains("_mta-sts.c16 5 IN TXT \"v=STSv1; id=20250101T120000;\"", text, StringComparison.Ordinal);
        Assert.Contains("c7 5 IN MX 20 mx2.c7.st.example.org.", text, StringComparison.Ordinal);
    }

    private static string Text(SenderTestSettings settings, string[] nameServers) =>
        new ZoneFile(
            settings,
            [.. PublicBench.Plan(settings, hasExpired: true).DomainsWith("today1")],
            [.. Enumerable.Repeat((byte)0xAA, 32)],
            Made
        ).Text(nameServers);
}
