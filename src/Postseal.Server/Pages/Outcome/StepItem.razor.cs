namespace Postseal.Server.Pages.Outcome;

/// <summary>One step of a check that has ended.</summary>
public sealed partial class StepItem;
