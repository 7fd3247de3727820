using Postseal.SystemTests.Sites;

namespace Postseal.SystemTests.Servers;

/// <summary>nginx as policy host: one server block, one address and one certificate per site.</summary>
public static class PolicyWebServer
{
    /// <summary>Folders that nginx would make below /var.</summary>
    private static readonly string[] Temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

    /// <summary>Writes the policies and starts it.</summary>
    public static async Task<ServerProcess> StartAsync(
        string folder,
        LoopbackNet net,
        IReadOnlyList<PlacedSite> sites,
        CancellationToken ct
    )
    {
        var served = sites.Where(s => s.Site is { Mode: not null, PolicyHost: not null }).ToList();
        foreach (var site in served)
            await WriteAsync(site, folder, ct);

        var configuration = $$"""
            daemon off;
            user root;
            worker_processes 1;
            pid {{folder}}/nginx.pid;
            error_log stderr info;
            events { }
            http {
                access_log /dev/stdout;
                {{string.Join(' ', Temporary.Select(t => $"{t}_temp_path {folder}/{t};"))}}
                ssl_protocols TLSv1.2 TLSv1.3;
                types { text/plain txt; }
                {{string.Join('\n', served.Select(s => Block(s, folder)))}}
            }
            """;
        var file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(file, configuration, ct);
        var server = net.Start("nginx", Tool.Find("nginx")!, "-p", folder, "-e", "stderr", "-c", file);
        await server.WaitForListenerAsync(served[^1].PolicyPlace, ct);
        return server;
    }

    private static async Task WriteAsync(PlacedSite site, string folder, CancellationToken ct)
    {
        var wellKnown = Directory.CreateDirectory(Path.Combine(folder, site.Site.Name, ".well-known")).FullName;
        await File.WriteAllTextAsync(Path.Combine(wellKnown, "mta-sts.txt"), site.PolicyText, ct);
        await File.WriteAllTextAsync(Path.Combine(folder, $"{site.Site.Name}.pem"), site.PolicyCertificate.Pem, ct);
    }

    private static string Block(PlacedSite site, string folder) =>
        $$"""
            server {
                listen {{site.PolicyPlace}} ssl;
                server_name mta-sts.{{site.Site.Domain}};
                ssl_certificate {{folder}}/{{site.Site.Name}}.pem;
                ssl_certificate_key {{folder}}/{{site.Site.Name}}.pem;
                root {{folder}}/{{site.Site.Name}};
                {{site.Site.PolicyHost?.Directives}}
            }
            """;
}
