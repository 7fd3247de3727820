namespace Postseal.Server.Pages.Views;

/// <summary>What MTA-STS is, how to switch it on, and what goes wrong.</summary>
public sealed partial class Learn;
