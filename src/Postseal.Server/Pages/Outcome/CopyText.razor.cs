namespace Postseal.Server.Pages.Outcome;

/// <summary>Lines to copy; the script adds a button. Long lines scroll, so the keyboard must reach them.</summary>
public sealed partial class CopyText;
