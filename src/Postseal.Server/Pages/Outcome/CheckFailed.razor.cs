namespace Postseal.Server.Pages.Outcome;

/// <summary>The check of the domain named ended by an error of ours, or with the server.</summary>
public sealed partial class CheckFailed;
