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

    /// <summary>An absolute link. It names the public URL where there is one: the Host header is the client's word.</summary>
    /// <param name="request">The request that is answered.</param>
    /// <param name="path">Begins with a slash, or is empty; written as it is.</param>
    public string Link(HttpRequest request, string path) =>
        PublicUrl is { } url
            ? url.GetLeftPart(UriPartial.Authority) + path
            : $"{request.Scheme}://{request.Host.ToUriComponent()}{path}";

    internal static SiteInfo Of(ServerConfiguration configuration) =>
        new("Postseal", configuration.Web.PublicUrl, configuration.Examples)
        {
            HasSenderTest = configuration.Bench is not null || configuration.SenderTest is not null,
        };
}
