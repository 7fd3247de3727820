using Postseal.Lab.Domains;

namespace Postseal.Server.SenderTest.Cases;

/// <summary>What a sender that honours MTA-STS (and DANE) does with a case.</summary>
public enum Expectation
{
    /// <summary>The message arrives.</summary>
    Deliver,

    /// <summary>The message arrives, at the host named by the case and at no other.</summary>
    DeliverToSecond,

    /// <summary>The message does not arrive while the case stands.</summary>
    Refuse,

    /// <summary>A TLS report arrives.</summary>
    Report,

    /// <summary>Nothing is required; what is seen is told.</summary>
    Measure,
}

/// <summary>One recipient domain that is broken in exactly one way; data, no behaviour.</summary>
/// <param name="Id"><c>C0</c> … <c>C27</c>, or <c>control</c> or <c>control-dane</c> for the domains without a policy that others are measured by.</param>
/// <param name="Title">A few words.</param>
/// <param name="Fault">What is wrong with the domain, for people.</param>
/// <param name="Expected">What a correct sender does.</param>
/// <param name="ExpectedText">The same in a sentence.</param>
/// <param name="WrongSign">What a wrong sender does, in a sentence.</param>
/// <param name="Remedy">What to do about a sender that fails, in a sentence.</param>
/// <param name="Rules">The sections it stands on, for people, such as <c>8461 §5</c>.</param>
/// <param name="Requirements">The rows of the standard it stands for, such as <c>8461-5-1</c>; docs/rfc names the tests that hold each.</param>
/// <param name="Stages">The domain as it is at first, and each later state of it. One message is sent in each stage.</param>
public sealed record SenderCase(
    string Id,
    string Title,
    string Fault,
    Expectation Expected,
    string ExpectedText,
    string WrongSign,
    string Remedy,
    string Rules,
    IReadOnlyList<string> Requirements,
    IReadOnlyList<CaseStage> Stages
)
{
    /// <summary>The recipient domain, the same in all stages.</summary>
    public string Domain => Stages[0].Domain.Name;

    /// <summary>Whether the domain has no policy any more when the message that counts is sent.</summary>
    internal bool HidesItsPolicy =>
        Stages.Count > 1 && Stages[^1].Domain.Sites.All(s => s.Status != 200) && Stages[0].Domain.Sites.Any(s => s.Status == 200);

    /// <summary>True when a name is the domain or stands below it.</summary>
    /// <param name="name">Lower case, without the final dot.</param>
    public bool Holds(string name) => name == Domain || name.EndsWith($".{Domain}", StringComparison.Ordinal);
}

/// <summary>One state of a case's domain.</summary>
/// <param name="Domain">Records, policy host and mail servers.</param>
/// <param name="IsPriming">The message of this stage only lets the sender learn the policy; the verdict is about the last stage.</param>
/// <param name="After">Passes before the message of this stage is sent: what a sender keeps may be used that long. Zero for the first.</param>
public sealed record CaseStage(LabDomain Domain, bool IsPriming, TimeSpan After);
