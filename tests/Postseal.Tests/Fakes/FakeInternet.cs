using Microsoft.Extensions.Time.Testing;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Sts;

namespace Postseal.Tests.Fakes;

/// <summary>What a sender's policy cache lives in, as tables: DNS, policy hosts, a store and a clock that the test moves. What is published is
/// <c>example.com</c>'s unless another domain is named.</summary>
public sealed class FakeInternet
{
    private const long Week = 604800;

    public FakeDns Dns { get; } = new("");

    public FakePolicyHost Host { get; } = new();

    public MemoryPolicyStore Store { get; } = new();

    public FakeTimeProvider Clock { get; } = new();

    /// <summary>A policy cache over it; a second one is what a restart makes.</summary>
    public PolicyResolver NewResolver(PolicyResolverOptions? options = null) =>
        new(Dns, Host, Store, Clock) { Options = options ?? new() };

    /// <summary>Publishes a record and a policy. No other record is left.</summary>
    public void Publish(string id, StsMode mode, long maxAge = Week, string domain = "example.com")
    {
        PublishRecord(id, domain: domain);
        PublishPolicy(mode, maxAge, domain);
    }

    /// <summary>Publishes a record alone. No other record is left.</summary>
    public void PublishRecord(string id, int ttl = 300, string domain = "example.com") =>
        Dns.Become($"_mta-sts.{domain} {ttl} TXT v=STSv1; id={id};");

    /// <summary>Publishes a policy alone, for one MX host.</summary>
    public void PublishPolicy(StsMode mode, long maxAge = Week, string domain = "example.com") =>
        Host.Serve(domain, $"version: STSv1\nmode: {mode.ToWire()}\nmx: mx.example.com\nmax_age: {maxAge}\n");
}
