namespace Postseal.Server.Pages.Outcome;

/// <summary>One large plain answer.</summary>
public sealed partial class Answer;
