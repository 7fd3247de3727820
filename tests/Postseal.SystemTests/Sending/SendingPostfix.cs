using System.Globalization;
using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Sending;

/// <summary>A Postfix that sends: its own configuration, queue and log, and a question to the policy daemon before each delivery.</summary>
public sealed class SendingPostfix : IAsyncDisposable
{
    private const string Sender = "sender@sender.test";

    private readonly MailRoot _root;
    private readonly PrivateNetwork _network;
    private int _messages;

    private SendingPostfix(MailRoot root, PrivateNetwork network, ServerProcess server) =>
        (_root, _network, Server) = (root, network, server);

    /// <summary>The master process.</summary>
    public ServerProcess Server { get; }

    /// <summary>Its folder of main.cf.</summary>
    public string Configuration => _root.Inside("conf");

    /// <summary>Writes the configuration and starts it.</summary>
    public static async Task<SendingPostfix> StartAsync(
        MailRoot root,
        PrivateNetwork network,
        string settings,
        string services,
        CancellationToken ct
    )
    {
        foreach (var folder in new[] { "conf", "queue", "data" })
            Directory.CreateDirectory(Path.Combine(root.Folder, folder));

        await File.WriteAllTextAsync(Path.Combine(root.Folder, "conf", "main.cf"), Settled($"{MainCf(root)}\n{settings}"), ct);
        await File.WriteAllTextAsync(Path.Combine(root.Folder, "conf", "master.cf"), $"{Services}\n{services}\n", ct);
        var conf = root.Inside("conf");
        await root.MustRunAsync(network, "chown", ["postfix", root.Inside("data")], ct);
        await root.MustRunAsync(network, "postfix", ["-c", conf, "check"], ct);
        var programs = await root.MustRunAsync(network, "postconf", ["-c", conf, "-hx", "daemon_directory"], ct);
        var command = root.Command($"{programs.Trim()}/master", "-s", "-c", conf);
        var server = ServerProcess.Start(network, root.Name, command[0], command[1..]);
        await server.WaitForLogAsync("daemon started", ct);
        return new(root, network, server);
    }

    /// <summary>Sends one message to one recipient of each domain and waits until each was sent or deferred.</summary>
    public async Task<Outcome> SendAsync(IReadOnlyList<string> domains, CancellationToken ct)
    {
        var (mark, number) = (Server.LogLength, Interlocked.Increment(ref _messages));
        var recipients = domains.ToDictionary(domain => domain, domain => $"m{number}@{domain}");
        await SubmitAsync(recipients.Values, ct);
        foreach (var recipient in recipients.Values)
            await WaitForOutcomeAsync($"to=<{recipient}>", mark, ct);

        var log = Server.LogFrom(mark);
        foreach (var line in log)
            TestContext.Current.TestOutputHelper?.WriteLine(line);

        var last = MailLog.Deliveries(log).ToLookup(d => d.Recipient);
        return new(recipients.ToDictionary(r => r.Key, r => last[r.Value].Last()), log);
    }

    /// <summary>Hands over one message and does not wait.</summary>
    public async Task SubmitAsync(IEnumerable<string> recipients, CancellationToken ct)
    {
        string[] sendmail = ["sendmail", "-C", Configuration, "-f", Sender, .. recipients];
        // Tool closes standard input, so the message comes through a shell.
        await _root.MustRunAsync(_network, "sh", ["-c", "printf 'Subject: story\\n\\nText.\\n' | \"$@\"", "sh", .. sendmail], ct);
    }

    /// <summary>Hands over many messages to one domain by its own SMTP, to recipients <c>1NAME@domain</c>, <c>2NAME@domain</c>, ….</summary>
    public Task SubmitManyAsync(string name, string domain, int count, CancellationToken ct) =>
        _root.MustRunAsync(
            _network,
            "smtp-source",
            ["-N", "-m", count.ToString(CultureInfo.InvariantCulture), "-f", Sender, "-t", $"{name}@{domain}", "127.0.0.1:10025"],
            ct
        );

    /// <summary>Tries every deferred message again, forgetting which hosts did badly.</summary>
    public Task FlushAsync(CancellationToken ct) => _root.MustRunAsync(_network, "postqueue", ["-c", Configuration, "-f"], ct);

    /// <summary>The queue, one JSON object a line.</summary>
    public Task<string> QueueAsync(CancellationToken ct) =>
        _root.MustRunAsync(_network, "postqueue", ["-c", Configuration, "-j"], ct);

    /// <summary>Throws away what is queued, so that no retry meets a later story.</summary>
    public Task EmptyQueueAsync(CancellationToken ct) =>
        _root.MustRunAsync(_network, "postsuper", ["-c", Configuration, "-d", "ALL"], ct);

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>Waits for a line about the recipient.</summary>
    public Task WaitForOutcomeAsync(string text, int from, CancellationToken ct) => Server.WaitForLogAsync(text, from, ct);

    // The last line for a name stands. Two of them make every process of Postfix warn as it starts, and its log server wait for itself.
    private static string Settled(string settings)
    {
        var lines = settings.Split('\n', StringSplitOptions.RemoveEmptyEntries).GroupBy(line => line.Split('=')[0].Trim());
        return string.Concat(lines.Select(line => line.Last() + "\n"));
    }

    // inet_interfaces: mail to an address of its own would be a loop; the MX hosts are at others of 127/8.
    private static string MainCf(MailRoot root) =>
        $"""
            compatibility_level = 3.6
            queue_directory = {root.Inside("queue")}
            data_directory = {root.Inside("data")}
            maillog_file = /dev/stdout
            myhostname = sender.test
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            mydestination =
            local_recipient_maps =
            alias_maps =
            mynetworks = 127.0.0.0/8
            smtpd_peername_lookup = no
            smtpd_relay_restrictions = permit_mynetworks, reject
            smtp_host_lookup = dns
            smtp_dns_support_level = dnssec
            dnssec_probe = ns:secure.test
            smtp_tls_security_level = may
            smtp_tls_CAfile = {root.Inside("ca.pem")}
            smtp_tls_loglevel = 1
            smtp_connection_cache_on_demand = no
            smtp_destination_concurrency_failed_cohort_limit = 1000
            enable_long_queue_ids = yes
            transport_maps = texthash:{root.Inside("conf")}/transport
            """;

    /// <summary>The services of master.cf that every instance has; what it listens on is added by who starts it.</summary>
    internal const string Services = """
        pickup    unix  n  -  n  60     1  pickup
        cleanup   unix  n  -  n  -      0  cleanup
        qmgr      unix  n  -  n  300    1  qmgr
        tlsmgr    unix  -  -  n  1000?  1  tlsmgr
        rewrite   unix  -  -  n  -      -  trivial-rewrite
        bounce    unix  -  -  n  -      0  bounce
        defer     unix  -  -  n  -      0  bounce
        trace     unix  -  -  n  -      0  bounce
        verify    unix  -  -  n  -      1  verify
        flush     unix  n  -  n  1000?  0  flush
        proxymap  unix  -  -  n  -      -  proxymap
        smtp      unix  -  -  n  -      -  smtp
        relay     unix  -  -  n  -      -  smtp
        showq     unix  n  -  n  -      -  showq
        error     unix  -  -  n  -      -  error
        retry     unix  -  -  n  -      -  error
        discard   unix  -  -  n  -      -  discard
        anvil     unix  -  -  n  -      1  anvil
        postlog   unix-dgram n - n -    1  postlogd
        """;
}

/// <summary>What became of a message.</summary>
/// <param name="To">The last attempt for each domain.</param>
/// <param name="Log">What the sender logged meanwhile.</param>
public sealed record Outcome(IReadOnlyDictionary<string, Delivery> To, IReadOnlyList<string> Log)
{
    /// <summary>Status and, unless it was sent, the code: <c>sent</c>, <c>deferred 4.7.5</c>. No answer of the daemon gives 4.7.5 too, but says so.</summary>
    public string this[string domain] =>
        To[domain] switch
        {
            { Status: "sent" } => "sent",
            { Reason: "client TLS configuration problem" } => "deferred for want of an answer",
            var other => $"{other.Status} {other.Dsn}",
        };
}
