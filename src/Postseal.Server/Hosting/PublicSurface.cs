using Postseal.Server.Pages;

namespace Postseal.Server.Hosting;

/// <summary>What the public listener serves: the one place where API and pages are joined to the host.</summary>
internal static class PublicSurface
{
    /// <summary>Services that only API and pages need.</summary>
    public static void AddServices(IServiceCollection services) => _ = services;

    /// <summary>All endpoints. Found in DI: <see cref="Lookups.LookupDesk"/>, <see cref="History.HistoryStore"/>,
    /// <see cref="Configuration.ServerConfiguration"/>, <see cref="TimeProvider"/>, <see cref="SiteInfo"/>, <see cref="ClientBudget"/>.</summary>
    public static void Map(IEndpointRouteBuilder site) => SitePages.Map(site);

    /// <summary>The page for people who are refused something.</summary>
    public static Task<string> ErrorPageAsync(HttpContext context, SiteError error, CancellationToken ct) =>
        SitePages.ErrorPageAsync(context, error, ct);
}
