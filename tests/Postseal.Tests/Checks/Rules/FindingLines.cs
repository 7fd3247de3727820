using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Checks.Rules;

namespace Postseal.Tests.Checks.Rules;

/// <summary>Findings as short lines, so that a case fits on one: <c>off sts-txt-multiple</c>.</summary>
internal static class FindingLines
{
    /// <summary>What all rules say, of the sections named by the beginning of an id; <c>ok</c> lines left out.</summary>
    public static string Faults(this DomainFacts facts, params string[] sections) =>
        Lines(facts.Judge(sections).Where(f => f.Level != Level.Ok));

    /// <summary>What all rules of all sections hold against the domain, or could not test: neither <c>ok</c> nor <c>info</c>.</summary>
    public static string Accusations(this DomainFacts facts) => Lines(RuleBook.Judge(facts).Where(f => f.Level > Level.Info));

    /// <summary>What is fine.</summary>
    public static string Fine(this DomainFacts facts, params string[] sections) =>
        string.Join(", ", facts.Judge(sections).Where(f => f.Level == Level.Ok).Select(f => f.Id));

    /// <summary>The one finding with this id.</summary>
    public static Finding Finding(this DomainFacts facts, string id) => RuleBook.Judge(facts).Single(f => f.Id == id);

    private static IEnumerable<Finding> Judge(this DomainFacts facts, string[] sections) =>
        RuleBook.Judge(facts).Where(f => sections.Any(s => f.Id.StartsWith(s, StringComparison.Ordinal)));

    private static string Lines(IEnumerable<Finding> findings) =>
        string.Join(", ", findings.Select(f => $"{f.Level.ToString().ToLowerInvariant()} {f.Id}"));
}
