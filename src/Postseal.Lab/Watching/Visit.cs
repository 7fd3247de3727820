using System.Net;
using Postseal.Lab.Smtp;

namespace Postseal.Lab.Watching;

/// <summary>One peer at one server of the lab, and what it is seen to do there.</summary>
/// <param name="Client">The peer's address; null where it is not known.</param>
/// <param name="Host">The server's name.</param>
internal sealed record Visit(Watch Watch, IPAddress? Client, string Host)
{
    /// <summary>See <see cref="Observation.Connected"/>.</summary>
    public void Connected() => Watch.Tell(at => new Observation.Connected(at, Client, Host));

    /// <summary>See <see cref="Observation.Greeted"/>.</summary>
    public void Greeted(string name, bool overTls) => Watch.Tell(at => new Observation.Greeted(at, Client, Host, name, overTls));

    /// <summary>See <see cref="Observation.Secured"/>.</summary>
    public void Secured(string? sni, string protocol, string? cipher) =>
        Watch.Tell(at => new Observation.Secured(at, Client, Host, sni, protocol, cipher));

    /// <summary>See <see cref="Observation.HandshakeFailed"/>. The innermost exception holds the alert.</summary>
    public void HandshakeFailed(Exception cause) => HandshakeFailed(cause.GetBaseException().Message);

    /// <summary>See <see cref="Observation.HandshakeFailed"/>.</summary>
    public void HandshakeFailed(string reason) => Watch.Tell(at => new Observation.HandshakeFailed(at, Client, Host, reason));

    /// <summary>See <see cref="Observation.Fetched"/>.</summary>
    public void Fetched(string path, string? userAgent, int status) =>
        Watch.Tell(at => new Observation.Fetched(at, Client, Host, path, userAgent, status));

    /// <summary>See <see cref="Observation.Reported"/>.</summary>
    public void Reported(string contentType, long length) =>
        Watch.Tell(at => new Observation.Reported(at, Client, Host, contentType, length));

    /// <summary>See <see cref="Observation.Addressed"/>.</summary>
    public void Addressed(string recipient, bool overTls, bool accepted) =>
        Watch.Tell(at => new Observation.Addressed(at, Client, Host, recipient, overTls, accepted));

    /// <summary>See <see cref="Observation.Delivered"/>.</summary>
    public void Delivered(string sender, string recipient, bool overTls, HeaderReader header) =>
        Watch.Tell(at => new Observation.Delivered(at, Client, Host, recipient, overTls)
        {
            Sender = sender,
            TlsRequired = header.TlsRequired,
            ReportDomain = header.ReportDomain,
            ReportSubmitter = header.ReportSubmitter,
        });

    /// <summary>See <see cref="Observation.Left"/>.</summary>
    public void Left() => Watch.Tell(at => new Observation.Left(at, Client, Host));
}
