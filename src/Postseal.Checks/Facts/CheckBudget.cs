using Postseal.Outbound;
using Postseal.Resolver.Dane;
using Postseal.Resolver.PolicyHost;
using Postseal.Smtp.Probe;

namespace Postseal.Checks.Facts;

/// <summary>
/// What one check may cost others and us, whatever the domain's zone says: the largest real domains need a tenth of it. A check for a stranger must be no
/// weapon against a third party, and no way to keep us busy (docs/limits.md). The policy host has bounds of its own: <see cref="HttpsPolicyHost.MaxConnections"/>.
/// </summary>
public sealed class CheckBudget
{
    /// <summary>MX hosts looked at. Large providers list about ten; more is a mistake or an attack on checkers.</summary>
    public const int MaxHosts = RouteResolver.MaxHosts;

    /// <summary>Addresses of MX hosts probed in all: Google has ten, the pools of the largest mailbox providers forty.</summary>
    public const int MaxProbes = 64;

    /// <summary>Of these, addresses of one neighbourhood (one IPv4 address, one /64), whatever the hosts are called: they are visited one after the other, each
    /// for as long as a slow server likes, and others want to visit it as well.</summary>
    public const int MaxProbesPerNeighbourhood = 4;

    /// <summary>Report addresses looked at; reporters use at most as many (standard.md 8460-3-10).</summary>
    public const int MaxTargets = 10;

    /// <summary>Network addresses tried of the host of one report address: one of each family, or two.</summary>
    public const int MaxTargetAddresses = 2;

    /// <summary>Connections to MX hosts and to the hosts of report addresses.</summary>
    public const int MaxConnections = (MaxProbes * SmtpProbe.MaxConnections) + (MaxTargets * MaxTargetAddresses);

    /// <summary>Bytes received over these connections: 80 KB for each, of which an honest server needs ten.</summary>
    public const long MaxBytes = 16 * 1024 * 1024;

    /// <summary>Questions to the resolver; each follows at most eight aliases and is repeated within ten seconds.</summary>
    public const int MaxQuestions = 300;

    private int _questions;

    /// <summary>Connections and bytes.</summary>
    public OutboundBudget Outbound { get; } = new(MaxConnections, MaxBytes);

    /// <summary>Questions asked so far.</summary>
    public int Questions => Math.Min(Volatile.Read(ref _questions), MaxQuestions);

    /// <summary>Takes one question; false when none is left.</summary>
    public bool TryAsk() => Interlocked.Increment(ref _questions) <= MaxQuestions;

    /// <summary>How many addresses of each host are probed, where there are so many hosts.</summary>
    public static int AddressesPerHost(int hosts) => Math.Min(ProbeHost.MaxAddresses, MaxProbes / Math.Max(1, hosts));
}
