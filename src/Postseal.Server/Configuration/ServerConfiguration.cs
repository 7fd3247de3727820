using System.Net;
using Postseal.Checks.Setup;
using Postseal.Resolver.Dns;
using Postseal.Server.History;
using Postseal.Server.SenderTest.Tests;

namespace Postseal.Server.Configuration;

/// <summary>One checked configuration of the server. It does not change while the server runs: a change of the file needs a restart.</summary>
public sealed record ServerConfiguration
{
    /// <summary>Where the store stands unless another is configured.</summary>
    public const string StandardData = "/var/lib/postseal-server";

    /// <summary>The public site.</summary>
    public WebSettings Web { get; init; } = new();

    /// <summary>The listener for operators.</summary>
    public PrivateSettings Private { get; init; } = new();

    /// <summary>What is remembered, and where.</summary>
    public StoreSettings Store { get; init; } = new();

    /// <summary>How to look things up.</summary>
    public LookupSettings Lookup { get; init; } = new([], DnssecTrust.Auto, null, false, 443, 25, null);

    /// <summary>What is logged.</summary>
    public LogSettings Log { get; init; } = new();

    /// <summary>OTLP collector for metrics and traces, or null.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>The folder for everything that is kept. It must exist.</summary>
    public string DataDirectory { get; init; } = StandardData;

    /// <summary>Domains that the start page offers as examples; only the demo has any.</summary>
    public IReadOnlyList<ExampleDomain> Examples { get; init; } = [];

    /// <summary>The sender test in public; null without one.</summary>
    public SenderTestSettings? SenderTest { get; init; }

    /// <summary>The domains of the sender test, as they stand in a lab of the caller; null without such a lab.</summary>
    public SenderBench? Bench { get; init; }
}

/// <summary>A domain to try, and what is wrong with it.</summary>
public sealed record ExampleDomain(string Name, string Fault);

/// <summary><c>[web]</c>: the public site and how much it does.</summary>
public sealed record WebSettings
{
    /// <summary>Where it listens; at least one address.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [new(IPAddress.Loopback, 8080)];

    /// <summary>What the world calls the site; null where nobody said so. It has neither path nor query.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Proxies whose word about the client's address counts.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Checks that one client may start in a minute.</summary>
    public int ChecksPerMinute { get; init; } = 20;

    /// <summary>Requests that one client may make in a minute.</summary>
    public int RequestsPerMinute { get; init; } = 600;

    /// <summary>Checks that all clients together may start in a minute.</summary>
    public int ChecksPerMinuteTotal { get; init; } = 600;

    /// <summary>Checks that run at a time.</summary>
    public int Running { get; init; } = 32;

    /// <summary>Checks that may wait for their turn.</summary>
    public int Waiting { get; init; } = 200;

    /// <summary>How long a result answers those who ask again.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The least time between two SMTP connections to one address.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary><c>[private]</c>: the listener for operators.</summary>
public sealed record PrivateSettings
{
    /// <summary>Where it listens.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8081);

    /// <summary>What a request must bring; null asks nobody, which only loopback may.</summary>
    public Secret? Token { get; init; }
}

/// <summary><c>[store]</c>: where results are remembered.</summary>
public sealed record StoreSettings
{
    /// <summary>Connection string of PostgreSQL; null for SQLite in the data folder.</summary>
    public Secret? Postgres { get; init; }

    /// <summary>Days that the history of a domain is kept.</summary>
    public int HistoryDays { get; init; } = 400;

    /// <summary>Megabytes (1,048,576 bytes) that the history of all domains may take.</summary>
    public int HistoryMegabytes { get; init; } = HistoryLimits.StandardMegabytes;
}

/// <summary><c>[log]</c>.</summary>
public sealed record LogSettings
{
    /// <summary>The least that is logged.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>One JSON object per line in place of text.</summary>
    public bool IsJson { get; init; }
}
