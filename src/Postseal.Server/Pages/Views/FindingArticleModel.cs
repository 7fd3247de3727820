using Postseal.Checks.Findings;
using Postseal.Server.Configuration;

namespace Postseal.Server.Pages.Views;

/// <summary>The page of one finding.</summary>
/// <param name="Kind">The finding.</param>
/// <param name="Example">The lab domain that shows it; null outside a demonstration.</param>
public sealed record FindingArticleModel(FindingKind Kind, ExampleDomain? Example);
