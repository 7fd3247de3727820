using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Checks.History;
using Postseal.Checks.Rules;
using Postseal.Checks.Verdicts;

namespace Postseal.Checks;

/// <summary>The outcome of checking one domain.</summary>
/// <param name="Facts">What was seen.</param>
/// <param name="Findings">What it means, in the order of the catalogue.</param>
/// <param name="Verdict">What it comes to.</param>
public sealed record CheckResult(DomainFacts Facts, IReadOnlyList<Finding> Findings, Verdict Verdict)
{
    /// <summary>Judges gathered facts; pure.</summary>
    public static CheckResult Of(DomainFacts facts) => Of(facts, []);

    /// <summary>Judges gathered facts and what earlier checks saw; pure.</summary>
    /// <param name="facts">What was seen now.</param>
    /// <param name="earlier">What was published before, latest first.</param>
    public static CheckResult Of(DomainFacts facts, IReadOnlyList<Publication> earlier)
    {
        var findings = RuleBook.Judge(facts, earlier);
        return new(facts, findings, Verdict.Of(facts, findings));
    }

    /// <summary>0 nothing wrong, 1 something breaks or is off, 3 could not tell (which dominates).</summary>
    public int ExitCode =>
        Verdict is { Mail: MailVerdict.Unknown } or { Protection: ProtectionVerdict.Unknown } ? 3
        : Findings.Any(f => f.Level is Level.Breaks or Level.Off)
        || Verdict is { Mail: MailVerdict.Breaks or MailVerdict.AtRisk } or { Protection: ProtectionVerdict.Off }
            ? 1
        : 0;
}
