using Postseal.Checks.Findings;
using Postseal.Lab.Domains;
using Postseal.Protocol;
using Xunit;

namespace Postseal.Tests.Lab;

public sealed class LabDomainsTests
{
    [Fact]
    public void Every_finding_has_a_domain_that_shows_it()
    {
        var names = LabDomains.All.Select(d => d.Name).ToHashSet();
        Assert.Equal([], Catalogue.All.Select(k => k.Id).Where(id => !names.Contains($"{id}.lab.test")));
    }

    [Fact]
    public void Every_domain_that_is_named_like_no_finding_is_known()
    {
        var findings = Catalogue.All.Select(k => $"{k.Id}.lab.test").ToHashSet();
        Assert.Equal(
            [
                "healthy.lab.test",
                "testing.lab.test",
                "nothing.lab.test",
                "lab.test",
                "other.test",
                "txt-40-strings.lab.test",
                "txt-binary.lab.test",
                "cert-500-names.lab.test",
                "banner-escapes.lab.test",
                "markup-everywhere.lab.test",
                "markup-refused.lab.test",
                "policy-10mb.lab.test",
                "policy-drip.lab.test",
                "mx-hang.lab.test",
            ],
            LabDomains.All.Select(d => d.Name).Where(n => !findings.Contains(n))
        );
    }

    [Fact]
    public void Names_are_domain_names_and_no_two_are_the_same()
    {
        Assert.All(LabDomains.All, d => Assert.Equal(d.Name, DomainName.Parse(d.Name).Value));
        Assert.Distinct(LabDomains.All.Select(d => d.Name));
    }

    [Fact]
    public void No_two_servers_of_a_kind_share_an_address()
    {
        Assert.Distinct(LabDomains.All.SelectMany(d => d.Sites).Select(s => s.Address));
        Assert.Distinct(LabDomains.All.SelectMany(d => d.Receivers).Select(r => r.Address));
    }

    [Fact]
    public void Every_fault_is_one_short_line() => Assert.All(LabDomains.All, d => Assert.InRange(d.Fault.Length, 5, 80));
}
