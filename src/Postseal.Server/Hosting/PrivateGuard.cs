using System.Net;
using Postseal.Server.Configuration;

namespace Postseal.Server.Hosting;

/// <summary>Keeps pages of the Internet in an operator's browser away from the private listener: whatever another site has a browser send, and requests by a name that
/// somebody else's DNS has made to mean this machine (rebinding). Without a token only the names of loopback and the address that is listened on will do; a token proves more than a name.</summary>
/// <param name="settings">Of the listener.</param>
internal sealed class PrivateGuard(PrivateSettings settings)
{
    /// <summary>What who is refused is told.</summary>
    public const string Refusal =
        "This address is for the operator. Ask for it by 127.0.0.1, [::1] or localhost, and not from a page of another site. To reach it by another name, set token-file below [private] in server.toml.\n";

    /// <summary>Whether a request may go on.</summary>
    public bool Lets(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none"
        && (request.Headers.Origin is not [{ } origin, ..] || IsSame(origin, request.Host))
        && (settings.Token is not null || IsOurs(request.Host.Host));

    private static bool IsSame(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from)
        && Uri.TryCreate($"{from.Scheme}://{host.Value}", UriKind.Absolute, out var asked)
        && from.Authority == asked.Authority;

    private bool IsOurs(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host, out var address)
            && (IPAddress.IsLoopback(address) || address.Equals(settings.Listen.Address));
}
