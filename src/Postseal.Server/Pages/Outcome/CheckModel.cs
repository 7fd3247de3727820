using Postseal.Protocol;

namespace Postseal.Server.Pages.Outcome;

/// <summary>The part of a check's page that stands before anything is known.</summary>
/// <param name="Domain">What is checked.</param>
/// <param name="Steps">HTML in the list of steps.</param>
/// <param name="Result">HTML below it.</param>
/// <param name="Runs">Whether the check still runs.</param>
public sealed record CheckModel(DomainName Domain, string Steps, string Result, bool Runs);
