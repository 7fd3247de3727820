using System.Security.Cryptography.X509Certificates;
using Postseal.Resolver.Dns;
using Postseal.Resolver.PolicyHost;
using Postseal.Resolver.Roots;

namespace Postseal.Checks.Setup;

/// <summary>The composition root: one engine for every verb that looks things up.</summary>
public sealed record Engine(IDns Dns, DnsOptions DnsOptions, IPolicyHost PolicyHost, CheckOptions Options)
{
    /// <summary>Wires the engine, or says what is wrong with the configuration.</summary>
    public static (Engine? Engine, IReadOnlyList<string> Problems) Create(LookupSettings settings, TimeProvider clock)
    {
        Lazy<X509Certificate2Collection> roots;
        try
        {
            roots = TrustRoots.LoadBeside(settings.CaFile);
        }
        catch (TrustRootsException e)
        {
            return (null, [$"--ca-file: {e.Message}"]);
        }

        var options = new CheckOptions
        {
            Probe = new()
            {
                Roots = roots,
                AllowPrivate = settings.AllowPrivate,
                Port = settings.SmtpPort,
                EhloName = settings.EhloName ?? Environment.MachineName,
            },
            HttpsPort = settings.HttpsPort,
        };
        if (settings.Timeout is { } timeout)
            options = options with { Timeout = timeout };

        var resolvers = settings.Servers.Count > 0 ? new DnsOptions { Servers = settings.Servers } : DnsOptions.FromSystem();
        resolvers = resolvers with { Trust = settings.Trust };
        var dns = new DnsClientDns(resolvers, clock);
        var policyHost = new HttpsPolicyHost(
            dns,
            new()
            {
                Roots = roots,
                AllowPrivate = settings.AllowPrivate,
                Port = settings.HttpsPort,
            },
            clock
        );
        return (new(dns, resolvers, policyHost, options), []);
    }
}
