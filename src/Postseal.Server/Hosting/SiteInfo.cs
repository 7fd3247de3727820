using System.Net;
using Postseal.Protocol;
using Postseal.Server.Configuration;

namespace Postseal.Server.Hosting;

/// <summary>What the site knows about itself, for pages and API.</summary>
/// <param name="Name">What it calls itself.</param>
/// <param name="PublicUrl">What the world calls it, or null.</param>
/// <param name="Examples">Domains to try; empty outside the demo.</param>
public sealed record SiteInfo(string Name, Uri? PublicUrl, IReadOnlyList<ExampleDomain> Examples)
{
    /// <summary>Whether senders can be tested here.</summary>
    public bool HasSenderTest { get; init; }

    /// <summary>An absolute link. It names the public URL where there is one. Otherwise it goes by the Host header, which is the client's word: then the answer is for
    /// this client only, whatever else is said about keeping it.</summary>
    /// <param name="request">The request that is answered.</param>
    /// <param name="path">Begins with a slash, or is empty; written as it is.</param>
    public string Link(HttpRequest request, string path)
    {
        if (PublicUrl is { } url)
            return url.GetLeftPart(UriPartial.Authority) + path;

        // At the very end, after everybody who has something to say about it.
        request.HttpContext.Response.OnStarting(
            static response =>
            {
                ((HttpResponse)response).Headers.CacheControl = "no-store";
                return Task.CompletedTask;
            },
            request.HttpContext.Response
        );
        return $"{request.Scheme}://{Authority(request)}{path}";
    }

    // A name or an address and nothing else; of anything else the address of ours that was reached stands there.
    private static string Authority(HttpRequest request) =>
        request.Host is { HasValue: true } host
        && (DomainName.TryParse(host.Host, out _, out _) || IPAddress.TryParse(host.Host, out _) || host.Host == "localhost")
            ? host.ToUriComponent()
            : new IPEndPoint(
                request.HttpContext.Connection.LocalIpAddress ?? IPAddress.Loopback,
                request.HttpContext.Connection.LocalPort
            ).ToString();

    internal static SiteInfo Of(ServerConfiguration configuration) =>
        new("Postseal", configuration.Web.PublicUrl, configuration.Examples)
        {
            HasSenderTest = configuration.Bench is not null || configuration.SenderTest is not null,
        };
}
