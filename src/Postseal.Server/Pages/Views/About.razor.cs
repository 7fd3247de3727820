namespace Postseal.Server.Pages.Views;

/// <summary>What the site does and what it keeps.</summary>
public sealed partial class About;
