namespace Postseal.Server.Pages.Outcome;

/// <summary>One mail server and the sessions with it.</summary>
public sealed partial class MxView;
