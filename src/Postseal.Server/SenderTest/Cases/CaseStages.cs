using Postseal.Lab.Domains;

namespace Postseal.Server.SenderTest.Cases;

/// <summary>What the stages of a case mean for a test that many people run at once.</summary>
internal static class CaseStages
{
    /// <summary>Whether the domain itself changes from stage to stage, so that a test needs one to itself.</summary>
    public static bool Changes(this SenderCase one) => one.Stages.Skip(1).Any(s => !Equal(s.Domain, one.Stages[0].Domain));

    // Stages of one state share its parts.
    private static bool Equal(LabDomain a, LabDomain b) =>
        a.Records.SequenceEqual(b.Records)
        && a.Sites.SequenceEqual(b.Sites)
        && a.Receivers.Select(r => r with { Accepts = null }).SequenceEqual(b.Receivers.Select(r => r with { Accepts = null }));
}
