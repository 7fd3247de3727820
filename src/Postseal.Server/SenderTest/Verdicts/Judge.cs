using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Verdicts;

/// <summary>Judges a sender from what has been seen of it; pure. One test is of one sender: evidence that others may have left is for the caller
/// to keep out. A failure that is told before the end stands on what the sender did, and nothing that it does later turns it into a pass.</summary>
public static class Judge
{
    /// <summary>The verdict.</summary>
    /// <param name="cases">All cases, in order.</param>
    /// <param name="evidence">By case id; a case without is one of which nothing was seen.</param>
    /// <param name="waited">What has not come by then is taken for what will not come.</param>
    /// <param name="notOffered">By case id: why this deployment cannot offer it.</param>
    /// <param name="isCutOff">Cases at whose domains nothing is seen any more before the end: what has not come there proves nothing. Null for none.</param>
    /// <param name="missesQuestions">Some of what the sender asked for may have been given to nobody: what was not seen proves nothing.</param>
    public static RunVerdict Of(
        IReadOnlyList<SenderCase> cases,
        IReadOnlyDictionary<string, Evidence> evidence,
        Waited waited,
        IReadOnlyDictionary<string, string> notOffered,
        bool missesQuestions = false,
        Func<SenderCase, bool>? isCutOff = null
    )
    {
        var arrives = new Arrivals(
            Has(evidence, CaseCatalogue.ControlId, e => e.Deliveries.Any()),
            Has(evidence, CaseCatalogue.ValidId, e => e.Deliveries.Any()),
            Has(evidence, CaseCatalogue.ValidId, e => e.HasAskedForPolicy),
            missesQuestions,
            KnowsPolicies: false
        );
        arrives = arrives with { KnowsPolicies = cases.Any(c => CaseRoles.NeedsPolicy(c.Id) && One(c).Outcome == Outcome.Pass) };
        CaseVerdict[] verdicts = [.. cases.Select(One)];
        var outcomes = verdicts.ToDictionary(v => v.Id, v => v.Outcome);
        // A sender that demands TLS of everybody holds back much, and still has no MTA-STS.
        var hasNone =
            outcomes.GetValueOrDefault(CaseCatalogue.ValidId) == Outcome.Fail && !evidence.Values.Any(e => e.HasAskedForPolicy);
        var mtaSts = hasNone ? Support.No : MtaSts(cases, outcomes, IsHeldBack);
        var dane = new DaneJudge(outcomes, mtaSts);
        return new(
            mtaSts,
            dane.Dane,
            dane.Precedence,
            TlsReports(evidence, outcomes),
            waited != Waited.NotYet,
            [.. verdicts.Select(v => IsExplained(v) ? v with { Seen = v.Seen + dane.Cause } : v)]
        );

        // A sender that looks a policy up and does not even connect shows no more than this until it gives up.
        bool IsHeldBack(SenderCase one) =>
            waited == Waited.NotYet
            && arrives.Both
            && one.Expected == Expectation.Refuse
            && Has(evidence, one.Id, e => e.IsSent && e.Untaken is null && !e.Deliveries.Any());

        CaseVerdict One(SenderCase @case)
        {
            var known = evidence.GetValueOrDefault(@case.Id) ?? Evidence.Of(@case, [], []);
            var (outcome, seen) = notOffered.TryGetValue(@case.Id, out var reason)
                ? (Outcome.NotOffered, reason)
                : new CaseJudge(known, isCutOff?.Invoke(@case) == true ? Waited.NotYet : waited, arrives).Verdict();
            return new(@case.Id, outcome, @case.ExpectedText, seen, EvidenceText.Lines(known));
        }
    }

    // Before the end what has been held back so far counts for the sender, as long as one case proves that it does so on purpose.
    private static Support MtaSts(
        IReadOnlyList<SenderCase> cases,
        Dictionary<string, Outcome> outcomes,
        Func<SenderCase, bool> isHeldBack
    )
    {
        SenderCase[] telling = [.. cases.Where(c => CaseRoles.Tells(c) && outcomes[c.Id] != Outcome.NotOffered)];
        if (!telling.Any(c => outcomes[c.Id] == Outcome.Pass))
            return telling.Any(c => outcomes[c.Id] == Outcome.Fail) ? Support.No : Support.Inconclusive;
        if (outcomes.Any(o => CaseRoles.IsSts(o.Key) && o.Value == Outcome.Fail))
            return Support.Partly;

        // A policy that was fetched, and a message that arrived, do not show that the one has any effect on the other.
        return
            telling.Any(c => c.Id != CaseCatalogue.ValidId && outcomes[c.Id] == Outcome.Pass)
            && telling.All(c => outcomes[c.Id] == Outcome.Pass || isHeldBack(c))
            ? Support.Yes
            : Support.Inconclusive;
    }

    private static bool IsExplained(CaseVerdict verdict) =>
        verdict is { Outcome: Outcome.Fail, Id: CaseRoles.DaneControl or CaseRoles.DaneGood or CaseRoles.DaneBad };

    private static Support TlsReports(IReadOnlyDictionary<string, Evidence> evidence, Dictionary<string, Outcome> outcomes) =>
        evidence.Values.Any(e => e.HasMailedReport || e.HasPostedReport) ? Support.Yes
        : outcomes.GetValueOrDefault(CaseRoles.Reports, Outcome.NotOffered) == Outcome.Fail ? Support.No
        : Support.Inconclusive;

    private static bool Has(IReadOnlyDictionary<string, Evidence> evidence, string id, Func<Evidence, bool> what) =>
        evidence.TryGetValue(id, out var of) && what(of);
}
