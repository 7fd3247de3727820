using System.Net;
using Postseal.Lab.Domains;

namespace Postseal.Lab;

/// <summary>Holds the world that now is, and changes it whole: who looks sees all of the old or all of the new.</summary>
/// <param name="frontName">What a mail server calls itself that shares its address with others.</param>
internal sealed class WorldStage(IReadOnlyList<LabDomain> domains, int smtpPort, string frontName)
{
    private readonly Lock _changing = new();
    private volatile LabWorld _now = new(domains, smtpPort, frontName);
    private int _smtpPort = smtpPort;

    public LabWorld Now => _now;

    /// <summary>Tells the port that was given to the mail servers where any was asked for.</summary>
    public void SettlePort(int port)
    {
        lock (_changing)
            (_smtpPort, _now) = (port, new(_now.Domains, port, frontName));
    }

    /// <summary>Puts a domain in the place of the one of the same name.</summary>
    /// <param name="sites">The addresses that policy hosts may have.</param>
    /// <param name="receivers">The addresses that mail servers may have.</param>
    public void Replace(LabDomain domain, IReadOnlySet<IPAddress> sites, IReadOnlySet<IPAddress> receivers)
    {
        Check(domain.Sites.Select(s => s.Address), sites);
        Check(domain.Receivers.Select(r => r.Address), receivers);
        lock (_changing)
        {
            if (_now.Domains.All(d => d.Name != domain.Name))
                throw new ArgumentException($"There is no {domain.Name} to replace.", nameof(domain));

            _now = new([.. _now.Domains.Select(d => d.Name == domain.Name ? domain : d)], _smtpPort, frontName);
        }
    }

    private static void Check(IEnumerable<IPAddress> wanted, IReadOnlySet<IPAddress> listening)
    {
        if (wanted.FirstOrDefault(a => !listening.Contains(a)) is { } stranger)
            throw new ArgumentException($"Nothing listens at {stranger}: it was in no domain when the lab started.");
    }
}
