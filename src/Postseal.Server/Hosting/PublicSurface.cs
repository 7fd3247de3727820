using Postseal.Server.Api;
using Postseal.Server.Lookups;
using Postseal.Server.Pages;
using Postseal.Server.SenderTest.Api;
using Postseal.Server.SenderTest.Pages;
using Postseal.Server.SenderTest.Tests;

namespace Postseal.Server.Hosting;

/// <summary>What the public listener serves: the one place where API and pages are joined to the host.</summary>
internal static class PublicSurface
{
    /// <summary>Services that only API and pages need.</summary>
    public static void AddServices(IServiceCollection services)
    {
        services.AddSingleton<LookupDoor>();
        services.AddSingleton<StandingPages>();
        SiteApi.AddServices(services);
    }

    /// <summary>All endpoints. Found in DI: <see cref="LookupDesk"/>, <see cref="LookupDoor"/>, <see cref="History.HistoryStore"/>,
    /// <see cref="Configuration.ServerConfiguration"/>, <see cref="TimeProvider"/>, <see cref="SiteInfo"/>, <see cref="ClientBudget"/>.</summary>
    public static void Map(IEndpointRouteBuilder site)
    {
        SiteApi.Map(site);
        SitePages.Map(site);
        if (site.ServiceProvider.GetService<TestDesk>() is null)
            return;

        TestApi.Map(site);
        TestPages.Map(site);
    }
}
