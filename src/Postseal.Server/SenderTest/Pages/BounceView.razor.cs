using Postseal.Server.SenderTest.Documents;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Pages;

/// <summary>The page on which somebody pastes a bounce.</summary>
/// <param name="Test">The path of the test's page.</param>
/// <param name="Found">What was found in the last one; null before.</param>
public sealed record BounceModel(string Test, BouncesDocument? Found);

/// <summary>The form, and what was found.</summary>
public sealed partial class BounceView
{
    private static string Words(BouncePart one) => EvidenceText.Said(one.Action, one.Status, one.Text);
}
