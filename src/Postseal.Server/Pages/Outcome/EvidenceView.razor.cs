namespace Postseal.Server.Pages.Outcome;

/// <summary>The raw texts and certificates, on demand.</summary>
public sealed partial class EvidenceView;
