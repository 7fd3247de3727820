using System.Net;
using Postseal.Protocol;

namespace Postseal.Outbound;

/// <summary>An address that a connection may go to. Only the guard makes one, so that no client can leave it out (standard.md 8461-3.3-17).</summary>
public sealed record CheckedAddress
{
    private CheckedAddress(IPAddress value) => Value = value;

    /// <summary>The very address to connect to; no name is looked up on the way.</summary>
    public IPAddress Value { get; }

    /// <summary>The guard: null for an address that is not public, unless such addresses are allowed.</summary>
    /// <param name="address">An address from DNS: hostile.</param>
    /// <param name="allowPrivate">Whether loopback, private, link-local … addresses may be connected to.</param>
    public static CheckedAddress? Of(IPAddress address, bool allowPrivate) =>
        allowPrivate || PublicAddress.IsPublic(address) ? new(address) : null;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
