using Postseal.SystemTests.Sites;

namespace Postseal.SystemTests.Servers;

/// <summary>Debian's Postfix as MX: one instance of its own, one smtpd per MX host. It takes any mail, logs it and throws it away.</summary>
public static class MailServer
{
    private const string Services = """
        tlsmgr    unix  -  -  n  1000?  1  tlsmgr
        proxymap  unix  -  -  n  -      -  proxymap
        rewrite   unix  -  -  n  -      -  trivial-rewrite
        cleanup   unix  n  -  n  -      0  cleanup
        anvil     unix  -  -  n  -      1  anvil
        qmgr      unix  n  -  n  300    1  qmgr
        bounce    unix  -  -  n  -      0  bounce
        defer     unix  -  -  n  -      0  bounce
        discard   unix  -  -  n  -      -  discard
        postlog   unix-dgram n - n -    1  postlogd
        """;

    /// <summary>Writes the configuration and starts it.</summary>
    public static async Task<ServerProcess> StartAsync(
        string folder,
        LoopbackNet net,
        IReadOnlyList<PlacedSite> sites,
        CancellationToken ct
    )
    {
        var (configuration, queue, data) = (Make(folder, "conf"), Make(folder, "queue"), Make(folder, "data"));
        var hosts = sites.SelectMany(s => s.Mx).Where(mx => mx.Mx.Listens).ToList();
        foreach (var mx in hosts)
            await WriteAsync(mx, configuration, ct);

        // Addresses stand in master.cf alone: inet_interfaces takes only those that an interface is configured with.
        var main = $"""
            compatibility_level = 3.6
            queue_directory = {queue}
            data_directory = {data}
            maillog_file = /dev/stdout
            inet_interfaces = loopback-only
            inet_protocols = ipv4
            mydestination =
            local_recipient_maps =
            alias_maps =
            smtpd_peername_lookup = no
            default_transport = discard:
            enable_long_queue_ids = yes
            mynetworks = 127.0.0.0/8
            smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
            smtpd_tls_security_level = may
            smtpd_tls_protocols = >=TLSv1.2
            smtpd_tls_loglevel = 1

            """;
        await File.WriteAllTextAsync(Path.Combine(configuration, "main.cf"), main, ct);
        var master = string.Join('\n', hosts.Select(mx => Smtpd(mx, configuration)).Append(Services)) + "\n";
        await File.WriteAllTextAsync(Path.Combine(configuration, "master.cf"), master, ct);
        await Tool.MustRunAsync("chown", ["postfix", data], ct);
        // Makes the queue's folders, which `postfix start` would do; its foreground form hides the master behind a shell.
        await Tool.MustRunAsync("postfix", ["-c", configuration, "check"], ct);
        var program = await Tool.MustRunAsync("postconf", ["-c", configuration, "-hx", "daemon_directory"], ct);
        var server = net.Start("mx", Path.Combine(program.Trim(), "master"), "-s", "-c", configuration);
        await server.WaitForListenerAsync(hosts[^1].EndPoint, ct);
        return server;
    }

    private static string Make(string folder, string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;

    private static async Task WriteAsync(PlacedMx mx, string configuration, CancellationToken ct)
    {
        await File.WriteAllTextAsync(Path.Combine(configuration, $"{mx.Host}.pem"), mx.Certificate.Pem, ct);
        if (mx.WithSni is null)
            return;

        var withSni = Path.Combine(configuration, $"{mx.Host}.sni.pem");
        await File.WriteAllTextAsync(withSni, mx.WithSni.Pem, ct);
        await File.WriteAllTextAsync(Path.Combine(configuration, $"{mx.Host}.sni"), $"{mx.Host} {withSni}\n", ct);
    }

    private static string Smtpd(PlacedMx mx, string configuration)
    {
        // The name in the log tells at which host a message came in.
        List<string> parameters =
        [
            $"myhostname={mx.Host}",
            $"syslog_name=postfix/{mx.Host}",
            $"smtpd_tls_chain_files={configuration}/{mx.Host}.pem",
        ];
        if (mx.WithSni is not null)
            parameters.Add($"tls_server_sni_maps=texthash:{configuration}/{mx.Host}.sni");

        parameters.AddRange(mx.Mx.Parameters);
        return $"{mx.EndPoint} inet n - n - - smtpd\n" + string.Join('\n', parameters.Select(p => $"  -o {{ {p} }}"));
    }
}
