using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary>Something about a case's domain that is not as the case needs it, or that could not be found out.</summary>
/// <param name="Text">A sentence; may quote the peer, so escape it before printing.</param>
/// <param name="Remedy">What to do; a line break comes before each line to copy.</param>
/// <param name="IsProven">False when nothing is known, which is no fault.</param>
public sealed record Problem(string Text, string Remedy, bool IsProven)
{
    /// <summary>It is wrong.</summary>
    internal static Problem Wrong(string text, string remedy) => new(text, remedy, IsProven: true);

    /// <summary>It could not be found out.</summary>
    internal static Problem NotKnown(string text, string remedy) => new(text, remedy, IsProven: false);
}

/// <summary>What was found out about the domain of one case.</summary>
/// <param name="Case">The case, with the domain that was looked at.</param>
/// <param name="Problems">Empty when it is as it should be.</param>
public sealed record VerifiedCase(SenderCase Case, IReadOnlyList<Problem> Problems)
{
    /// <summary>What the problems come to.</summary>
    public CaseState State =>
        Problems.Count == 0 ? CaseState.AsItShouldBe
        : Problems.Any(p => p.IsProven) ? CaseState.Wrong
        : CaseState.NotKnown;
}

/// <summary>What a verification comes to.</summary>
public enum CaseState
{
    /// <summary>Broken in the way that is meant, and in no other.</summary>
    AsItShouldBe,

    /// <summary>Something is wrong: verdicts of this case would be false.</summary>
    Wrong,

    /// <summary>It could not be found out.</summary>
    NotKnown,
}
