using System.Net;
using Microsoft.AspNetCore.Http;
using Postseal.Cli.Policyd.Configuration;
using Postseal.Cli.Policyd.Server;

namespace Postseal.Cli.Policyd.Status;

/// <summary>Where status is served, and who may ask what. Whatever runs on this host reaches the HTTP port, web pages in a browser included: what comes
/// from those is refused, and commands need the token. Whoever may open the control socket may give commands.</summary>
/// <param name="Http">The HTTP port, or null.</param>
/// <param name="Control">The socket of commands, or null.</param>
/// <param name="Token">What commands need on the HTTP port; null: there they are refused.</param>
internal sealed record StatusAccess(IPEndPoint? Http, ListenAddress.Unix? Control, AccessToken? Token)
{
    private const string Bearer = "Bearer ";

    /// <summary>Nothing is to be served.</summary>
    public bool IsNone => Http is null && Control is null;

    /// <summary>Why a request to the HTTP port is refused; null when it is not.</summary>
    /// <param name="request">The request.</param>
    /// <param name="local">The address that it came to.</param>
    /// <param name="isCommand">It wants something done.</param>
    public Refusal? Refuse(HttpRequest request, IPEndPoint local, bool isCommand)
    {
        // A name that resolves to this host is anybody's to make (DNS rebinding): the browser then takes us for a part of that site.
        if (!IsOurs(Host(request), local))
            return new(
                StatusCodes.Status421MisdirectedRequest,
                $"not served under this name: ask for http://{local}/ or http://localhost:{local.Port}/\n"
            );

        if (IsOfAnotherSite(request) || (isCommand && IsOfAPage(request)))
            return new(StatusCodes.Status403Forbidden, "not for web pages\n");

        if (!isCommand)
            return null;

        if (Token is null)
            return new(
                StatusCodes.Status403Forbidden,
                "commands are given through the control socket (control = \"unix:PATH\"), or here with a token (http-token-file)\n"
            );

        string? given = request.Headers.Authorization;
        return given?.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) == true && Token.Is(given[Bearer.Length..].Trim())
            ? null
            : new(
                StatusCodes.Status401Unauthorized,
                "commands need the header 'Authorization: Bearer TOKEN', with the token of http-token-file\n"
            );
    }

    // As sent: to read HttpRequest.Host throws where an A-label stands for nothing.
    private static HostString Host(HttpRequest request) => new(request.Headers.Host.ToString());

    private static bool IsOurs(HostString host, IPEndPoint local) =>
        host.HasValue
        && (host.Port ?? 80) == local.Port
        && (
            host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (
                IPAddress.TryParse(host.Host, out var address)
                && (address.Equals(local.Address) || (IPAddress.IsLoopback(address) && IPAddress.IsLoopback(local.Address)))
            )
        );

    // What browsers say of themselves; older ones say the page's address alone.
    private static bool IsOfAnotherSite(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].Any(site => site is not ("none" or "same-origin"))
        || request.Headers.Origin.Any(origin => origin != $"http://{Host(request)}")
        || request.Headers.Referer.Any(page => page?.StartsWith($"http://{Host(request)}/", StringComparison.Ordinal) != true);

    private static bool IsOfAPage(HttpRequest request) =>
        request.Headers.ContainsKey("Origin")
        || request.Headers.ContainsKey("Sec-Fetch-Site")
        || request.Headers.ContainsKey("Referer");
}

/// <summary>Why a request is refused.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Text">For who asked.</param>
internal sealed record Refusal(int Status, string Text);
