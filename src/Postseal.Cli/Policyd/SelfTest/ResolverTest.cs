using System.Net;
using Postseal.Protocol;
using Postseal.Resolver.Dns;

namespace Postseal.Cli.Policyd.SelfTest;

/// <summary>Whether the resolver's word on DNSSEC can be used. Without it no domain gets DANE, and MTA-STS works all the same.</summary>
internal abstract record ResolverVerdict
{
    private ResolverVerdict() { }

    /// <summary>An answer that is known to be signed came as validated.</summary>
    public sealed record Validates(DomainName Probe) : ResolverVerdict;

    /// <summary>The trust rule forbids to believe the AD bit, so nothing was asked.</summary>
    public sealed record NotBelieved(DnssecTrust Trust, IReadOnlyList<IPEndPoint> Servers) : ResolverVerdict;

    /// <summary>A signed answer came as insecure.</summary>
    public sealed record DoesNotValidate(DomainName Probe, IReadOnlyList<IPEndPoint> Servers) : ResolverVerdict;

    /// <summary>There was no answer.</summary>
    public sealed record CouldNotTell(DomainName Probe, string Detail) : ResolverVerdict;

    /// <summary>The verdict for people.</summary>
    public SelfTestFinding Finding =>
        this switch
        {
            Validates v => SelfTestFinding.Ok(
                "resolver",
                $"The resolver validates DNSSEC ({v.Probe}), so DANE is used where it is published."
            ),
            NotBelieved { Trust: DnssecTrust.No } => SelfTestFinding.Note(
                "resolver",
                "DNSSEC answers are not believed (--trust-dnssec no): no domain gets DANE, only MTA-STS."
            ),
            NotBelieved n => SelfTestFinding.Change(
                "resolver",
                $"The resolver {Shown(n.Servers)} is not on this machine and resolv.conf does not say trust-ad, so what it says "
                    + "about DNSSEC is not believed: no domain gets DANE, only MTA-STS.",
                Local
            ),
            DoesNotValidate d => SelfTestFinding.Change(
                "resolver",
                $"The resolver {Shown(d.Servers)} does not validate DNSSEC ({d.Probe} is signed, the answer was not marked so): "
                    + "no domain gets DANE, only MTA-STS.",
                Local
            ),
            CouldNotTell c => SelfTestFinding.Unknown(
                "resolver",
                $"Whether the resolver validates DNSSEC cannot be told: {PrintableText.Of(c.Detail, 300)}",
                new("Mend name resolution on this machine, or name a resolver with --dns.", $"dig {c.Probe} MX +dnssec")
            ),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static readonly Remedy Local = new(
        "Run a validating resolver on this machine, for this daemon and for Postfix, such as unbound:",
        "apt-get install unbound",
        "echo 'nameserver 127.0.0.1' >/etc/resolv.conf"
    );

    private static string Shown(IReadOnlyList<IPEndPoint> servers) => string.Join(", ", servers.Select(s => s.Address));
}

/// <summary>Asks the resolver for something that is known to be signed.</summary>
internal static class ResolverTest
{
    public static async Task<ResolverVerdict> RunAsync(DomainName probe, IDns dns, DnsOptions options, CancellationToken ct)
    {
        if (!options.BelievesAd)
            return new ResolverVerdict.NotBelieved(options.Trust, options.Servers);

        return await dns.MxAsync(probe, ct) switch
        {
            DnsAnswer<MxRecord>.Found { Secure: true } or DnsAnswer<MxRecord>.Absent { Secure: true } =>
                new ResolverVerdict.Validates(probe),
            DnsAnswer<MxRecord>.Failed f => new ResolverVerdict.CouldNotTell(probe, f.Detail),
            _ => new ResolverVerdict.DoesNotValidate(probe, options.Servers),
        };
    }
}
