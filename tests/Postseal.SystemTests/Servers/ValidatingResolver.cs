using System.Net;

namespace Postseal.SystemTests.Servers;

/// <summary>unbound as the validating resolver: everything it asks goes to our name server, and it trusts the keys of our signed zones.</summary>
public static class ValidatingResolver
{
    /// <summary>Starts it.</summary>
    public static async Task<ServerProcess> StartAsync(string folder, LoopbackNet net, NameServer names, CancellationToken ct)
    {
        // The default local zones would answer for "test." and for 127/8 themselves.
        var configuration = $"""
            server:
                chroot: ""
                username: ""
                directory: "{folder}"
                pidfile: ""
                use-syslog: no
                interface: {net.Resolver.Address}
                port: {net.Resolver.Port}
                access-control: 127.0.0.0/8 allow
                do-not-query-localhost: no
                do-ip6: no
                local-zone: "test." nodefault
                local-zone: "127.in-addr.arpa." nodefault
                trust-anchor-file: "{names.TrustAnchors}"
                val-log-level: 2
                log-servfail: yes
            remote-control:
                control-enable: yes
                control-interface: "{ControlSocket(folder)}"
                control-use-cert: no
            {string.Join('\n', names.Origins.Select(origin => Stub(origin, net.NameServer)))}
            """;
        var file = Path.Combine(folder, "unbound.conf");
        await File.WriteAllTextAsync(file, configuration, ct);
        var server = net.Start("unbound", Unconfined.Copy("unbound", folder), "-d", "-p", "-c", file);
        await server.WaitForListenerAsync(net.Resolver, ct);
        return server;
    }

    /// <summary>The socket that takes orders.</summary>
    public static string ControlSocket(string folder) => Path.Combine(folder, "control");

    // Every zone, or it would follow the NS records to port 53.
    private static string Stub(string origin, IPEndPoint place) =>
        $"""
            stub-zone:
                name: "{origin}."
                stub-addr: {place.Address}@{place.Port}
            """;
}
