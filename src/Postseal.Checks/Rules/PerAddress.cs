using Postseal.Checks.Facts;

namespace Postseal.Checks.Rules;

/// <summary>Where a fault sits: at a host as a whole, or at one address of it.</summary>
/// <param name="Subject">The host, or <c>host [address]</c> when other addresses of it do not show the fault.</param>
/// <param name="Sessions">The sessions that show it; never empty.</param>
internal sealed record Place(string Subject, IReadOnlyList<SessionFacts> Sessions)
{
    /// <summary>The addresses, for the evidence.</summary>
    public string Addresses => Wording.Joined(Sessions.Select(s => s.Probe.Address.ToString()));
}

/// <summary>One fault at all addresses of a host is one finding; a fault at some of them is one finding for each.</summary>
internal static class PerAddress
{
    /// <summary>The places that show a fault.</summary>
    /// <param name="host">The host.</param>
    /// <param name="asked">Sessions that could have shown it.</param>
    /// <param name="shows">Those that do.</param>
    public static IEnumerable<Place> Where(MxHostFacts host, Func<SessionFacts, bool> asked, Func<SessionFacts, bool> shows)
    {
        var answered = host.Sessions.Where(asked).ToList();
        var faulty = answered.Where(shows).ToList();
        if (faulty.Count == 0)
            return [];

        var name = host.Host.Name.Value;
        return faulty.Count == answered.Count
            ? [new Place(name, faulty)]
            : faulty.Select(s => new Place($"{name} [{s.Probe.Address}]", [s]));
    }
}
