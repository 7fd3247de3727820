using System.Net;
using Postseal.Cli.Policyd.Server;

namespace Postseal.Cli.Policyd.SelfTest;

/// <summary>What Postfix on this machine is told, and what its smtp(8) processes see.</summary>
internal sealed record PostfixFacts
{
    /// <summary>main.cf after expansion, with what master.cf sets for the smtp service. A name that this Postfix does not know is not there.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>smtp(8) runs inside the queue directory.</summary>
    public bool Chroot { get; init; }

    /// <summary>What stands at <c>smtp_tls_CAfile</c>.</summary>
    public CaPlace CaFile { get; init; } = CaPlace.NotSet;

    /// <summary>What stands at <c>smtp_tls_CApath</c>, inside the queue directory where smtp(8) runs there.</summary>
    public CaPlace CaPath { get; init; } = CaPlace.NotSet;

    /// <summary>Resolvers of the resolv.conf that smtp(8) reads; null when there is none.</summary>
    public IReadOnlyList<IPAddress>? Resolvers { get; init; }

    /// <summary>A setting; empty when it is empty or unknown to this Postfix.</summary>
    public string this[string name] => Settings.GetValueOrDefault(name, "");

    /// <summary>Null when it cannot be read.</summary>
    public PostfixVersion? Version => PostfixVersion.Parse(this["mail_version"]);
}

/// <summary>Whether certificates can be read somewhere.</summary>
internal enum CaPlace
{
    /// <summary>The setting is empty.</summary>
    NotSet,

    /// <summary>There is nothing.</summary>
    Missing,

    /// <summary>It may not be read.</summary>
    Unreadable,

    /// <summary>It holds no certificate.</summary>
    Empty,

    /// <summary>It holds at least one.</summary>
    Good,
}

/// <summary>Our side, as far as Postfix's configuration has to fit it.</summary>
/// <param name="GivesDane">Some answers are dane and dane-only.</param>
internal sealed record OurSide(IReadOnlyList<ListenAddress> Listen, IReadOnlyList<IPAddress> Resolvers, bool GivesDane);
