namespace Postseal.Server.SenderTest.Verdicts;

/// <summary>Whether the two domains by which all others are measured have got their messages.</summary>
/// <param name="Control">The one without a policy has.</param>
/// <param name="Valid">The one in order has.</param>
/// <param name="Learns">The policy of the one in order has been fetched: the sender knows such a thing.</param>
/// <param name="MissesQuestions">What the sender asked for may have been given to nobody, so that what was not seen proves nothing.</param>
/// <param name="KnowsPolicies">The sender has done what only those do that act on policies.</param>
internal readonly record struct Arrivals(bool Control, bool Valid, bool Learns, bool MissesQuestions, bool KnowsPolicies)
{
    /// <summary>Both have.</summary>
    public bool Both => Control && Valid;
}
