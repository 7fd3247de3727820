using Postseal.Server.Pages;
using Xunit;

namespace Postseal.Tests.Server.Pages;

/// <summary>What people type is read as the domain they mean.</summary>
public sealed class DomainInputTests
{
    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("  Example.COM. ", "example.com")]
    [InlineData("user@example.com", "example.com")]
    [InlineData("First Last <user@example.com>", "example.com")]
    [InlineData("<https://example.com/>", "example.com")]
    [InlineData("mailto:user@example.com", "example.com")]
    [InlineData("a/b=c@example.com", "example.com")]
    [InlineData("https://example.com/path?q=1#f", "example.com")]
    [InlineData("https://user:pass@example.com:8443/@x", "example.com")]
    [InlineData("example.com:25", "example.com")]
    [InlineData("example.com/", "example.com")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("user@bücher.example", "xn--bcher-kva.example")]
    public void A_domain_is_found_in(string typed, string domain)
    {
        Assert.True(DomainInput.TryRead(typed, out var name, out _));
        Assert.Equal(domain, name.Value);
    }

    [Theory]
    [InlineData(null, "Please type")]
    [InlineData("   ", "Please type")]
    [InlineData("exa mple.com", "has a character")]
    [InlineData("<script>", "has a character")]
    [InlineData("<example.com>", "has a character")]
    [InlineData("example..com", "missing")]
    [InlineData("-example.com", "hyphen")]
    [InlineData("192.0.2.1", "address")]
    [InlineData("[2001:db8::1]", "is an address")]
    [InlineData("e\u0000xample.com", "character")]
    [InlineData("//", "Please type")]
    public void What_is_no_domain_is_refused_with_a_reason(string? typed, string reason)
    {
        Assert.False(DomainInput.TryRead(typed, out _, out var problem));
        Assert.Contains(reason, problem, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_name_of_any_length_is_refused_in_time()
    {
        Assert.False(DomainInput.TryRead(new string('a', 100_000), out _, out var problem));
        Assert.Contains("long", problem, StringComparison.Ordinal);
    }
}
