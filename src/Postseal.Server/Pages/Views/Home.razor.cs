using Postseal.Server.Configuration;

namespace Postseal.Server.Pages.Views;

/// <summary>The start page: one box, and what this is about.</summary>
public sealed partial class Home
{
    private IReadOnlyList<(string Name, IReadOnlyList<ExampleDomain> Examples)> Groups => ExampleGroups.Of(Model.Site.Examples);
}
