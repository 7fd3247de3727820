namespace Postseal.Server.Pages.Outcome;

/// <summary>The TXT texts at one name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Texts">All of them.</param>
/// <param name="Counts">The one that counts as the record; null when none does.</param>
public sealed record TextsModel(string Name, IReadOnlyList<string> Texts, string? Counts);

/// <summary>Lines to copy.</summary>
/// <param name="Title">What they are: told to those who do not see where the box stands.</param>
/// <param name="Text">The lines, safe to show.</param>
public sealed record CopyModel(string Title, string Text);
