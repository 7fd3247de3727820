using Postseal.Resolver.Concurrency;

namespace Postseal.Server.History;

/// <summary>
/// How much each network may still add to the history. It may add half of a day's share at once, and the other half in the course of the day: in any
/// 24 hours no more than the whole. A network is what an attacker gets at once: 256 addresses of IPv4, 48 bits of IPv6.
/// </summary>
/// <param name="perDay">Bytes in 24 hours.</param>
/// <param name="clock">The clock.</param>
internal sealed class Growth(long perDay, TimeProvider clock)
{
    // Two generations of so many networks, some 100 bytes each: 3 MB. Only those are here that have added something within a day.
    private const int Networks = 16_384;

    private readonly Lock _gate = new();
    private readonly Generations<ClientKey, (double Used, long At)> _networks = new(Networks);

    private double Half => perDay / 2.0;

    /// <summary>Whether a check that this client asked for may still be remembered. The last one may go beyond the share by what one check takes.</summary>
    public bool HasRoom(ClientKey client)
    {
        lock (_gate)
            return Used(NetworkOf(client)) < Half;
    }

    /// <summary>Counts what has been added; what became less is not given back.</summary>
    public void Add(ClientKey client, long bytes)
    {
        if (bytes <= 0)
            return;

        lock (_gate)
        {
            var network = NetworkOf(client);
            _networks.Put(network, (Used(network) + bytes, clock.GetTimestamp()));
        }
    }

    private double Used(ClientKey network) =>
        _networks.TryGet(network, out var state)
            ? Math.Max(0, state.Used - (Half * (clock.GetElapsedTime(state.At) / TimeSpan.FromDays(1))))
            : 0;

    private static ClientKey NetworkOf(ClientKey client) =>
        client with
        {
            Prefix = client.IsV6 ? client.Prefix >> 16 << 16 : client.Prefix >> 8 << 8,
        };
}
