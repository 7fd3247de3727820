using System.Globalization;
using System.Text;

namespace Postseal.Benchmarks.World;

/// <summary>The texts that make Debian's nsd, unbound and nginx the world of the benchmarks.</summary>
internal static class Configuration
{
    public static string Zone(int withPolicy, int without, int silent)
    {
        var zone = new StringBuilder(
            $"""
            $ORIGIN bench.test.
            $TTL 3600
            @ SOA ns hostmaster 1 3600 600 86400 3600
            @ NS ns
            @ MX 10 mx
            ns A {Net.Authority}
            mx A {Net.MailHost}

            """
        );
        for (var i = 0; i < withPolicy; i++)
            Domain(zone, $"d{i:d6}", Net.PolicyWeb);
        for (var i = 0; i < silent; i++)
            Domain(zone, $"s{i:d6}", Net.Silent);
        for (var i = 0; i < without; i++)
            zone.Append(CultureInfo.InvariantCulture, $"n{i:d6} MX 10 mx\n");

        return zone.ToString();
    }

    public static string Nsd(string folder) =>
        $"""
            server:
                ip-address: {Net.Authority}@53
                server-count: 1
                username: ""
                zonesdir: "{folder}"
                database: ""
                pidfile: "{folder}/nsd.pid"
                xfrdir: "{folder}"
                xfrdfile: "{folder}/xfrd.state"
                zonelistfile: "{folder}/zone.list"
                rrl-ratelimit: 0
                verbosity: 0
            remote-control:
                control-enable: no
            zone:
                name: "bench.test"
                zonefile: "bench.test.zone"

            """;

    public static string Unbound(string folder) =>
        $"""
            server:
                interface: {Net.Resolver}
                port: 53
                username: ""
                chroot: ""
                directory: "{folder}"
                pidfile: "{folder}/unbound.pid"
                use-syslog: no
                do-ip6: no
                do-not-query-localhost: no
                module-config: "iterator"
                qname-minimisation: no
                num-queries-per-thread: 4096
                outgoing-range: 4096
                msg-cache-size: 64m
                rrset-cache-size: 128m
                local-zone: "bench.test." transparent
            remote-control:
                control-enable: no
            stub-zone:
                name: "bench.test"
                stub-addr: {Net.Authority}

            """;

    /// <summary>
    /// A server block and a certificate per domain, loaded at the start, for the first of them: nothing is faster. All others share a block that
    /// reads its certificate anew for every handshake, because loading thousands takes nginx many seconds.
    /// </summary>
    public static string Nginx(string folder, int loaded)
    {
        var text = new StringBuilder(
            $$"""
            worker_processes 2;
            user root;
            pid {{folder}}/nginx.pid;
            error_log stderr error;
            daemon off;
            events { worker_connections 8192; }
            http {
                access_log off;
                default_type text/plain;
                server_names_hash_max_size 65536;
                server_names_hash_bucket_size 128;
                ssl_protocols TLSv1.2 TLSv1.3;
                ssl_session_cache off;
                client_body_temp_path {{folder}}/t1; proxy_temp_path {{folder}}/t2; fastcgi_temp_path {{folder}}/t3; uwsgi_temp_path {{folder}}/t4; scgi_temp_path {{folder}}/t5;

            """
        );
        for (var i = 0; i < loaded; i++)
            text.Append(
                CultureInfo.InvariantCulture,
                $$"""
                    server {
                        listen {{Net.PolicyWeb}}:443 ssl; server_name mta-sts.d{{i:d6}}.bench.test;
                        ssl_certificate {{folder}}/mta-sts.d{{i:d6}}.bench.test.pem; ssl_certificate_key {{folder}}/host.key;
                        location = /.well-known/mta-sts.txt { return 200 "version: STSv1\nmode: enforce\nmx: {{Policies.MailHost(
                    $"d{i:d6}.bench.test"
                )}}\nmax_age: 604800\n"; }
                    }

                """
            );

        return text.Append(
                CultureInfo.InvariantCulture,
                $$"""
                    server {
                        listen {{Net.PolicyWeb}}:443 ssl; server_name ~^mta-sts\.(?<domain>.+)$;
                        ssl_certificate {{folder}}/$ssl_server_name.pem; ssl_certificate_key {{folder}}/host.key;
                        location = /.well-known/mta-sts.txt { return 200 "version: STSv1\nmode: enforce\nmx: {{Policies.MailHost(
                    "$domain"
                )}}\nmax_age: 604800\n"; }
                    }
                }

                """
            )
            .ToString();
    }

    private static void Domain(StringBuilder zone, string label, string policyHost) =>
        zone.Append(
            CultureInfo.InvariantCulture,
            $"""
            {label} MX 10 {Policies.MailHost($"{label}.bench.test")}.
            {Policies.MailHost($"{label}.bench.test")}. A {Net.MailHost}
            _mta-sts.{label} TXT "v=STSv1; id=20260101000000;"
            mta-sts.{label} A {policyHost}

            """
        );
}
