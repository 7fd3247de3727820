using Postseal.Server.Hosting;

namespace Postseal.Server.Pages.Views;

/// <summary>A refusal or a failure, for people.</summary>
public sealed partial class ErrorView
{
    private SiteError Error => Model.Error;
}

/// <summary>A refusal or a failure on its page.</summary>
/// <param name="Error">What happened.</param>
/// <param name="Now">For the age of what is shown instead.</param>
public sealed record ErrorModel(SiteError Error, DateTimeOffset Now);
