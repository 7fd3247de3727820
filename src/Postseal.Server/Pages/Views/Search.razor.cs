namespace Postseal.Server.Pages.Views;

/// <summary>The box to type a domain into.</summary>
public sealed partial class Search;
