using System.Net;
using Microsoft.Extensions.Logging;
using Postseal.Checks.Setup;
using Postseal.Cli.Policyd.Memory;
using Postseal.Cli.Policyd.Server;
using Postseal.Protocol;

namespace Postseal.Cli.Policyd.Configuration;

/// <summary>One checked configuration of the daemon.</summary>
internal sealed record PolicydOptions
{
    /// <summary>Where Postfix asks; at least one.</summary>
    public required IReadOnlyList<ListenAddress> Listen { get; init; }

    /// <summary>The status server, or null.</summary>
    public IPEndPoint? Http { get; init; }

    /// <summary>The token that lets commands pass on the status server, or null: then they need <see cref="Control"/>.</summary>
    public AccessToken? HttpToken { get; init; }

    /// <summary>The socket of commands, or null.</summary>
    public ListenAddress.Unix? Control { get; init; }

    /// <summary>Absolute path of the policy store.</summary>
    public required string Store { get; init; }

    /// <summary>The file that was read, or null.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>How to look things up; its timeout is null.</summary>
    public required LookupSettings Lookup { get; init; }

    /// <summary>The longest one answer may take.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Causes that answer <c>TEMP</c>.</summary>
    public required IReadOnlySet<TempCause> TempOn { get; init; }

    /// <summary>Policies kept in memory and on disk.</summary>
    public int MaxPolicies { get; init; } = 100_000;

    /// <summary>Memory for all that is kept.</summary>
    public MemoryBudget Memory { get; init; } = MemoryBudget.Default;

    /// <summary>Megabytes of disk for the store.</summary>
    public int StoreMegabytes { get; init; } = 512;

    /// <summary>Connections served at a time.</summary>
    public int MaxConnections { get; init; } = 2000;

    /// <summary>What is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Its MX question tells whether the resolver validates.</summary>
    public required DomainName DnssecProbe { get; init; }

    /// <summary>Exceptions per domain.</summary>
    public OverrideTable Overrides { get; init; } = OverrideTable.Empty;
}
