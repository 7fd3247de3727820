using Postseal.Checks.Json;

namespace Postseal.Server.Pages.Outcome;

/// <summary>One of the two questions with its answer.</summary>
/// <param name="Question">The question.</param>
/// <param name="Look">The word of the answer, and its look.</param>
/// <param name="Text">The answer in a sentence.</param>
public sealed record AnswerModel(string Question, Look Look, string Text);

/// <summary>One finding on the page of a domain.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="Domain">The domain that the page is about.</param>
public sealed record FindingModel(FindingPart Finding, string Domain);
