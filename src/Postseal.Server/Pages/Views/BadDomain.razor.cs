namespace Postseal.Server.Pages.Views;

/// <summary>What was typed is no domain.</summary>
public sealed partial class BadDomain;
