namespace Postseal.Server.Pages.Outcome;

/// <summary>A check without a result.</summary>
/// <param name="Domain">What was to be checked.</param>
/// <param name="IsAbandoned">The server stops; otherwise it is an error of ours.</param>
public sealed record CheckFailure(string Domain, bool IsAbandoned);

/// <summary>The check of the domain named ended by an error of ours, or with the server.</summary>
public sealed partial class CheckFailed;
