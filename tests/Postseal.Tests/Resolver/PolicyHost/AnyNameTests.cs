using System.Security.Cryptography.X509Certificates;
using System.Text;
using CsCheck;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.PolicyHost;
using Postseal.Tests.Fakes;
using Postseal.Tests.Protocol;
using Xunit;

namespace Postseal.Tests.Resolver.PolicyHost;

/// <summary>Whatever a domain name may be, a fetch of its policy is a value.</summary>
public sealed class AnyNameTests : PolicyHostTest
{
    [Fact]
    public void The_address_of_a_policy_is_that_of_the_very_host_or_none() =>
        NameGen.Any.Sample(
            domain =>
            {
                if (!domain.TryPrepend(StsPolicy.HostLabel, out var host) || PolicyExchange.Address(host, 443) is not { } address)
                    return;

                Assert.Equal((host.Value, "https", StsPolicy.Path), (address.IdnHost, address.Scheme, address.PathAndQuery));
                Assert.True(address.HostNameType is UriHostNameType.Dns or UriHostNameType.Basic);
            },
            iter: 20000
        );

    [Fact]
    public async Task A_fetch_is_a_value_whatever_the_name() =>
        await NameGen.Any.SampleAsync(
            async domain =>
            {
                if (!domain.TryPrepend(StsPolicy.HostLabel, out var host))
                    return;

                var request = "";
                await using var server = new RawHttpsServer(
                    async (stream, ct) =>
                    {
                        request = await RawHttpsServer.ReadRequestAsync(stream, ct);
                        await stream.WriteAsync(Encoding.ASCII.GetBytes(Response()), ct);
                    },
                    [Root.Issue(For(host))]
                );
                var fetch = await PolicyHost(server.Port, $"{host} A 127.0.0.1").FetchAsync(domain, Ct);

                if (PolicyExchange.Address(host, server.Port) is null)
                    Assert.Equal((FetchFailure.HttpProtocol, true), Failed(fetch));
                else
                {
                    Assert.Equal(Policy, Body(fetch));
                    Assert.Single(server.Connections);
                    Assert.Contains($"\r\nHost: {host}:{server.Port}\r\n", request, StringComparison.Ordinal);
                }
            },
            iter: 60,
            threads: 1
        );

    [Fact]
    public async Task A_name_that_no_address_of_the_web_can_hold_ends_in_words()
    {
        await using var server = new RawHttpsServer(
            RawHttpsServer.Sends(Response()),
            [Root.Issue(For(DomainName.Parse("mta-sts.a._.test")))]
        );

        var fetch = await PolicyHost(server.Port, "mta-sts.a._.test A 127.0.0.1").FetchAsync(DomainName.Parse("a._.test"), Ct);

        var failed = Assert.IsType<FetchOutcome.Failed>(fetch.Outcome);
        Assert.Equal(
            "No policy can be asked for at mta-sts.a._.test: the name cannot stand in an address of the web.",
            failed.Detail
        );
    }

    // The names go in as they are: the builder of the platform refuses some.
    private static Cert For(DomainName host)
    {
        var name = Encoding.ASCII.GetBytes(host.Value);
        byte[] general = name.Length < 128 ? [0x82, (byte)name.Length, .. name] : [0x82, 0x81, (byte)name.Length, .. name];
        byte[] names =
            general.Length < 128 ? [0x30, (byte)general.Length, .. general]
            : general.Length < 256 ? [0x30, 0x81, (byte)general.Length, .. general]
            : [0x30, 0x82, (byte)(general.Length >> 8), (byte)(general.Length & 0xFF), .. general];
        return new Cert { Extensions = [new X509Extension("2.5.29.17", names, critical: false)] };
    }
}
