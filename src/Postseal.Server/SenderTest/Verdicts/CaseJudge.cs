using Postseal.Lab.Https;
using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Verdicts;

/// <summary>The verdict about one case from its evidence.</summary>
/// <param name="evidence">Of the case.</param>
/// <param name="waited">What has not come by then is taken for what will not come.</param>
/// <param name="arrives">Whether what does not come elsewhere has been held back.</param>
internal sealed class CaseJudge(Evidence evidence, Waited waited, Arrivals arrives)
{
    private const string NeverTried = "The sender has not been seen to try.";
    private const string TooEarly = "The message arrived before the sender fetched the policy for the first time: send another.";

    private readonly SenderCase _case = evidence.Case;
    private readonly bool _isFinal = waited != Waited.NotYet;

    // RFC 8689 §3: a message that waives TLS may go out in whatever way there is, so it tells nothing of the sender.
    private readonly (Fact Fact, Observation.Delivered What)[] _telling =
    [
        .. evidence.Deliveries.Where(d => !CaseRoles.IsAboutTls(evidence.Case) || !WaivesTls(d.What)),
    ];

    /// <summary>What came of it, and what that was in a sentence.</summary>
    public (Outcome Outcome, string Seen) Verdict()
    {
        if (evidence.Untaken is { } answer && !Arrived)
            return (Outcome.Inconclusive, $"The server under test did not take the message: {answer}");
        if (!evidence.IsSent)
            return (
                Outcome.Inconclusive,
                _isFinal
                    ? "The message that counts was not sent, or nothing of it was seen."
                    : "The message that counts has not been sent yet."
            );
        if (_telling.Length == 0 && evidence.Deliveries.Any())
            return (Outcome.Inconclusive, "The message says TLS-Required: No, which asks the sender to ignore MTA-STS and DANE.");

        return _case.Expected switch
        {
            Expectation.Refuse => Refuse(),
            Expectation.DeliverToSecond => Second(),
            Expectation.Report => Report(),
            Expectation.Measure => Measure(),
            _ => Deliver(),
        };
    }

    private bool IsSts => CaseRoles.IsSts(_case.Id);

    private bool Arrived => _telling.Length > 0;

    private bool InClear => _telling.Any(d => !d.What.OverTls);

    private DateTimeOffset? LearntAt =>
        evidence
            .Seen<Observation.Fetched>()
            .Where(f => f.What is { Status: 200, Path: PolicySite.Path } && f.What.Host == PolicyHost)
            .Select(f => (DateTimeOffset?)f.Fact.First)
            .Min();

    private string PolicyHost => $"mta-sts.{_case.Domain}";

    /// <summary>The message that counts had arrived before the sender fetched the policy for the first time.</summary>
    private bool ArrivedBeforeLearning => LearntAt is { } learnt && _telling.All(d => d.Fact.Last <= learnt);

    /// <summary>While the domain is as it is now, the sender has come as far as it wanted to: with the message that counts, if those before it have arrived.</summary>
    private bool HadItsChance =>
        evidence.EarlierLikeLast.Any()
            ? evidence.ShowsTries
            : evidence.Facts.Any(f =>
                f.Stage >= evidence.FirstLikeLast && f.What is Observation.Connected or Observation.Fetched
            );

    /// <summary>A message before the one that counts has come, while the domain was as it is now, when the policy had been known for a while.</summary>
    // Who fetches beside delivering may still deliver, for a moment, as if there were no policy.
    private bool CameAfterLearning =>
        evidence.EarlierLikeLast.Any(d => d.Fact.Last > LearntAt + Evidence.Grace && !WaivesTls(d.What));

    /// <summary>A message before the one that counts has come, while the domain was as it is now, and nothing shows that the policy is known since.</summary>
    private bool CameWithoutLearning => LearntAt is null && evidence.EarlierLikeLast.Any(d => !WaivesTls(d.What));

    /// <summary>The policy has changed, and since it was fetched in its last state no mail server has been tried: some fetch beside delivering (RFC 8461 §5.1).</summary>
    private bool HasLearntAgain =>
        evidence.FirstLikeLast > 0
        && evidence
            .Seen<Observation.Fetched>()
            .Where(f => f.Fact.Stage >= evidence.FirstLikeLast && f.What is { Status: 200, Path: PolicySite.Path })
            .Select(f => (DateTimeOffset?)f.Fact.First)
            .Min()
            is { } learnt
        && evidence.Seen<Observation.Connected>().All(c => c.Fact.Last <= learnt);

    private (Outcome, string) Refuse()
    {
        if (IsSts && !Arrived && CameAfterLearning)
            return (Outcome.Fail, "An earlier message arrived, more than a minute after the policy had been fetched.");
        if (Arrived && IsSts && LearntAt is null && arrives.Learns && _case.HidesItsPolicy)
            return (Outcome.Inconclusive, "The policy was gone before the sender fetched it.");
        if (Arrived)
            return IsSts && ArrivedBeforeLearning
                ? (Outcome.Inconclusive, TooEarly)
                : (Outcome.Fail, $"The message arrived {Over()}{(IsSts && LearntAt is null ? $"; {Unfetched}" : "")}.");

        if (!arrives.Both)
            return Unproven();
        if (!HadItsChance)
            return (Outcome.Inconclusive, NeverTried);

        return _isFinal || evidence.HasLeft && !(IsSts && CameWithoutLearning)
            ? (Outcome.Pass, $"The sender came, and the message did not arrive{(IsBlind ? $"; {Unfetched}" : "")}.")
            : (Outcome.Inconclusive, "The message has not arrived; the sender is still on it.");
    }

    private (Outcome, string) Deliver()
    {
        // Somebody else may look at the other host; who was redirected comes from the first one.
        var fetches = evidence
            .Seen<Observation.Fetched>()
            .Select(f => f.What)
            .Where(f => f.Path == PolicySite.Path)
            .ToLookup(f => f.Host == PolicyHost);
        var elsewhere = fetches[false]
            .Where(f => f.Status == 200 && fetches[true].Any(p => Equals(p.Client, f.Client) && p.UserAgent == f.UserAgent))
            .Min(f => f.Host);
        if (elsewhere is not null)
            return (Outcome.Fail, $"The sender followed the redirection to {elsewhere}.");
        if (!Arrived)
            return Missing();
        if (InClear && CaseRoles.NeedsTls(_case))
            return (Outcome.Fail, "The message arrived in clear.");

        if (_case.Id == CaseCatalogue.ValidId)
            return Known();
        if (_case.Id == CaseRoles.BySni && evidence.LacksSni)
            return LearntAt is null
                ? (
                    Outcome.Pass,
                    $"The message arrived {Over()}, without SNI: the sender did not check the name in the certificate."
                )
                : (
                    Outcome.Fail,
                    $"The message arrived {Over()}, but the sender, which has fetched the policy, did not name the host by SNI."
                );

        return evidence.HoldsBack ? Waits() : (Outcome.Pass, $"The message arrived {Over()}.");
    }

    // The domain has changed, and the message that counts has arrived: what has become of the one that was held back?
    private (Outcome, string) Waits() =>
        waited switch
        {
            Waited.NotYet => (
                Outcome.Inconclusive,
                "The new message arrived; the one that was held back has not been tried again yet."
            ),
            Waited.ForOneTry => (
                Outcome.Pass,
                $"The new message arrived {Over()}; for the one that was held back to be tried again this run was too short."
            ),
            _ => (Outcome.Fail, "The new message arrived; the one that was held back was never tried again."),
        };

    // The message has arrived at the domain that is in order: has its policy been looked at?
    private (Outcome, string) Known()
    {
        if (LearntAt is not null)
            return ArrivedBeforeLearning
                ? (Outcome.Inconclusive, TooEarly)
                : (Outcome.Pass, $"The policy was fetched, and the message arrived {Over()}.");

        if (arrives.KnowsPolicies)
            return (
                Outcome.Pass,
                $"The message arrived {Over()}. The policy was not fetched: the sender, which acts on those of other cases, knows it from before."
            );

        // Such a sender has MTA-STS, but not with the roots it has: no policy reaches it.
        if (evidence.Seen<Observation.HandshakeFailed>().Any(h => h.What.Host == PolicyHost))
            return (
                _isFinal ? Outcome.Fail : Outcome.Inconclusive,
                "The message arrived, and the policy was not fetched: TLS with the policy host failed."
            );

        var asked = evidence
            .Seen<Observation.Asked>()
            .Any(a => a.What is { Type: "TXT" } q && q.Name == $"_mta-sts.{_case.Domain}");
        if (arrives.MissesQuestions)
            return (
                Outcome.Inconclusive,
                "The message arrived. That the policy was asked for was not seen, which proves nothing: other tests were open at the time, the server was started anew, or more came in than is kept."
            );

        return (_isFinal, asked) switch
        {
            (true, false) => (Outcome.Fail, $"The message arrived {Over()}, and {Unasked}."),
            (_, true) => (
                Outcome.Inconclusive,
                "The message arrived, and the sender asked for the record but not for the policy: it may know it from before."
            ),
            _ => (Outcome.Inconclusive, "The message arrived; the policy has not been asked for yet."),
        };
    }

    private (Outcome, string) Second()
    {
        if (Arrived && _telling.All(d => d.What.Host == _case.Domain))
            return (Outcome.Inconclusive, "The message arrived, but without SNI it cannot be told at which of the two hosts.");

        string[] right = [$"mx2.{_case.Domain}", _case.Domain];
        var wrong = _telling.Select(d => d.What.Host).Except(right).Min();
        if (wrong is not null)
            return (Outcome.Fail, $"The message arrived at {wrong}.");
        if (!Arrived)
            return Missing();

        return InClear
            ? (Outcome.Fail, "The message arrived at the right host, but in clear.")
            : (Outcome.Pass, "The message arrived at the host that the policy names.");
    }

    private (Outcome, string) Report()
    {
        return (evidence.HasMailedReport, evidence.HasPostedReport) switch
        {
            (true, true) => (Outcome.Pass, "A TLS report arrived by mail, and one over HTTPS."),
            (true, false) => (Outcome.Pass, "A TLS report arrived by mail; its signature was not checked."),
            (false, true) => (Outcome.Pass, "A TLS report arrived over HTTPS."),
            _ when !Arrived => (Outcome.Inconclusive, "The message has not arrived: there is nothing to report yet."),
            _ when _isFinal => (Outcome.Fail, "The message arrived, and no TLS report did."),
            _ => (Outcome.Inconclusive, "No TLS report yet."),
        };
    }

    private (Outcome, string) Measure()
    {
        var again = evidence.Seen<Observation.Fetched>().Any(f => f.Fact.Stage == evidence.LastStage);
        if (Arrived)
            return (
                Outcome.Pass,
                again ? "The policy was fetched again, and the message arrived."
                : LearntAt is null ? $"The message arrived; {Unfetched}."
                : "The message arrived: the old policy is in use."
            );
        if (!_isFinal || !arrives.Both)
            return Unproven();
        if (!evidence.ShowsTries)
            return (Outcome.Inconclusive, NeverTried);

        return (Outcome.Pass, again ? "The policy was fetched again and is in use." : "The message did not arrive.");
    }

    private (Outcome, string) Missing()
    {
        // The one is the measure of all; the other is measured by it alone.
        var isMeasured = _case.Id == CaseCatalogue.ValidId ? arrives.Control : arrives.Both;
        if (!_isFinal || !isMeasured || _case.Id == CaseCatalogue.ControlId)
            return Unproven();

        if (waited == Waited.ForOneTry && HasLearntAgain)
            return (Outcome.Inconclusive, "The sender fetched the new policy after its try; it has to try again.");

        return evidence.ShowsTries ? (Outcome.Fail, "The message did not arrive.") : (Outcome.Inconclusive, NeverTried);
    }

    private (Outcome, string) Unproven() =>
        (
            Outcome.Inconclusive,
            !_isFinal ? "The message has not arrived yet."
            : _case.Id == CaseCatalogue.ControlId ? "The message did not arrive: nothing follows from those that did not, either."
            : "The message did not arrive, and neither did one to a domain in order: nothing follows from it."
        );

    private static bool WaivesTls(Observation.Delivered what) =>
        "No".Equals(what.TlsRequired, StringComparison.OrdinalIgnoreCase);

    private bool IsDoubted => evidence.Doubtful.Any(f => f.What is Observation.Fetched { Path: PolicySite.Path });

    /// <summary>Nothing shows that the sender knows of the policy: it refuses for another reason.</summary>
    private bool IsBlind => IsSts && LearntAt is null && !arrives.KnowsPolicies && !evidence.HasAskedForPolicy;

    private string Unfetched =>
        arrives.MissesQuestions ? "that the policy was fetched was not seen"
        : IsDoubted ? "nothing shows that the sender fetched the policy"
        : "the policy has not been fetched";

    private string Unasked => IsDoubted ? "nothing shows that the sender asked for the policy" : "the policy was never asked for";

    private string Over() => InClear ? "in clear" : "over TLS";
}
