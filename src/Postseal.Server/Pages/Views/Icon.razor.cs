namespace Postseal.Server.Pages.Views;

/// <summary>The shape of a level, given by its wire name. Each has its own outline, for those who do not see the colours; the word stands beside it.</summary>
public sealed partial class Icon;
