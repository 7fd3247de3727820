namespace Postseal.Server.SenderTest.Verdicts;

/// <summary>
/// What the three cases with TLSA records say about a sender as a whole. Where there is no policy, a mismatch that is delivered to means that there is no
/// DANE; where there is one, it may also mean that MTA-STS has been put first. "Used" below: DANE has decided where MTA-STS would have decided otherwise
/// (C23 held back; or C22 delivered, by a sender that holds back the same certificate in C2).
/// <code>
/// control-dane   C22, C23               MTA-STS        DANE          DANE first
/// pass           none failed            any            yes           see below
/// pass           one failed             yes, partly    yes           see below
/// pass           one failed             else           partly        inconclusive
/// fail           used                   any            partly        see below
/// fail           not used               any            no            inconclusive
/// not known      used, none failed      any            yes           see below
/// not known      used, one failed       yes, partly    yes           see below
/// not known      used, one failed       else           partly        inconclusive
/// not known      C23 failed, not used   no             no            inconclusive
/// not known      else                   any            inconclusive  inconclusive
/// </code>
/// Which of the two goes first is asked only of a sender that has both: yes if C22 and C23 passed, partly if one did, no if none; inconclusive while one
/// of them is not known.
/// </summary>
/// <param name="outcomes">By case id; those that are missing are not known.</param>
/// <param name="mtaSts">Whether the sender honours MTA-STS.</param>
internal sealed class DaneJudge(IReadOnlyDictionary<string, Outcome> outcomes, Support mtaSts)
{
    private readonly Outcome _control = outcomes.GetValueOrDefault(CaseRoles.DaneControl, Outcome.NotOffered);
    private readonly Outcome _good = outcomes.GetValueOrDefault(CaseRoles.DaneGood, Outcome.NotOffered);
    private readonly Outcome _bad = outcomes.GetValueOrDefault(CaseRoles.DaneBad, Outcome.NotOffered);

    /// <summary>Whether it honours DANE.</summary>
    public Support Dane =>
        _control switch
        {
            Outcome.Pass => OfOneThatHasIt,
            Outcome.Fail => IsUsed ? Support.Partly : Support.No,
            _ when IsUsed => OfOneThatHasIt,
            _ when _bad == Outcome.Fail && mtaSts == Support.No => Support.No, // nothing was there to put first
            _ => Support.Inconclusive,
        };

    /// <summary>Whether DANE goes before MTA-STS (RFC 8461 §2).</summary>
    public Support Precedence =>
        (_good, _bad) switch
        {
            _ when !HasSts || Dane is Support.No or Support.Inconclusive => Support.Inconclusive,
            (Outcome.Pass, Outcome.Pass) => Support.Yes,
            (Outcome.Fail, Outcome.Fail) => Support.No,
            (Outcome.Pass, Outcome.Fail) or (Outcome.Fail, Outcome.Pass) => Support.Partly,
            _ => Support.Inconclusive,
        };

    /// <summary>Why one of these cases failed, to stand behind what was seen; empty where it is not known.</summary>
    public string Cause =>
        Dane switch
        {
            Support.No => " The sender has no DANE.",
            Support.Yes when HasSts => " The sender has DANE, and has put MTA-STS before it.",
            _ => "",
        };

    private Support OfOneThatHasIt => (_good == Outcome.Fail || _bad == Outcome.Fail) && !HasSts ? Support.Partly : Support.Yes;

    private bool HasSts => mtaSts is Support.Yes or Support.Partly;

    private bool IsUsed =>
        _bad == Outcome.Pass
        || _good == Outcome.Pass && outcomes.GetValueOrDefault(CaseRoles.Untrusted, Outcome.NotOffered) == Outcome.Pass;
}
