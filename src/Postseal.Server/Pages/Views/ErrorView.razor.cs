namespace Postseal.Server.Pages.Views;

/// <summary>A refusal or a failure.</summary>
public sealed partial class ErrorView;
