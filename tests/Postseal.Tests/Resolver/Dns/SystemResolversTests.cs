using System.Net;
using Postseal.Resolver.Dns;
using Xunit;

namespace Postseal.Tests.Resolver.Dns;

public sealed class SystemResolversTests
{
    [Theory]
    [InlineData("nameserver 192.0.2.53", "192.0.2.53:53", false)]
    [InlineData("nameserver 192.0.2.53\nnameserver 2001:db8::53\n", "192.0.2.53:53 [2001:db8::53]:53", false)]
    [InlineData(
        "# nameserver 192.0.2.1\n;nameserver 192.0.2.2\nsearch example.com\n\tnameserver\t127.0.0.53 # local\r\n",
        "127.0.0.53:53",
        false
    )]
    [InlineData("nameserver 127.0.0.53\noptions edns0 trust-ad\n", "127.0.0.53:53", true)]
    [InlineData("options trust-ad\noptions rotate\nnameserver 192.0.2.53", "192.0.2.53:53", true)]
    [InlineData("options no-trust-ad", "127.0.0.1:53", false)]
    [InlineData("nameserver resolver.example.com", "127.0.0.1:53", false)]
    [InlineData("", "127.0.0.1:53", false)]
    [InlineData(
        "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4",
        "192.0.2.1:53 192.0.2.2:53 192.0.2.3:53",
        false
    )]
    public void The_system_file_is_read_as_the_C_library_does(string text, string servers, bool trustAd)
    {
        var system = SystemResolvers.Parse(text);

        Assert.Equal((servers, trustAd), (string.Join(' ', system.Servers), system.TrustAd));
    }

    [Theory]
    [InlineData("/no/such/file")]
    [InlineData("/")] // not to be read
    public void Without_a_file_the_resolver_of_this_machine_is_asked(string path)
    {
        var system = SystemResolvers.Read(path);

        Assert.Equal(("127.0.0.1:53", false), (Assert.Single(system.Servers).ToString(), system.TrustAd));
    }

    [Theory]
    [Trait("rfc", "6698-4.1-3")]
    [InlineData(DnssecTrust.Auto, false, "127.0.0.1", true)]
    [InlineData(DnssecTrust.Auto, false, "::1", true)]
    [InlineData(DnssecTrust.Auto, false, "192.0.2.53", false)]
    [InlineData(DnssecTrust.Auto, false, "127.0.0.1 192.0.2.53", false)]
    [InlineData(DnssecTrust.Auto, true, "192.0.2.53", true)]
    [InlineData(DnssecTrust.Yes, false, "192.0.2.53", true)]
    [InlineData(DnssecTrust.No, true, "127.0.0.1", false)]
    public void The_AD_bit_counts_only_over_a_secure_path(DnssecTrust trust, bool trustAd, string servers, bool believed)
    {
        var options = new DnsOptions
        {
            Servers = [.. servers.Split(' ').Select(s => new IPEndPoint(IPAddress.Parse(s), 53))],
            Trust = trust,
            TrustAdOption = trustAd,
        };

        Assert.Equal(believed, options.BelievesAd);
    }
}
