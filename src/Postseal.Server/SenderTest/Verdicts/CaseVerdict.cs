namespace Postseal.Server.SenderTest.Verdicts;

/// <summary>What came of one case.</summary>
public enum Outcome
{
    /// <summary>The sender did what a correct one does.</summary>
    Pass,

    /// <summary>It did not.</summary>
    Fail,

    /// <summary>What was seen proves nothing (yet).</summary>
    Inconclusive,

    /// <summary>This deployment cannot offer the case.</summary>
    NotOffered,
}

/// <summary>The verdict about one case.</summary>
/// <param name="Id">The case.</param>
/// <param name="Outcome">The verdict.</param>
/// <param name="Expected">What a correct sender does, in a sentence.</param>
/// <param name="Seen">What this one did, in a sentence.</param>
/// <param name="Evidence">What that stands on, oldest first; lines that are safe to print.</param>
public sealed record CaseVerdict(string Id, Outcome Outcome, string Expected, string Seen, IReadOnlyList<string> Evidence);

/// <summary>Yes, no or in between.</summary>
public enum Support
{
    /// <summary>Every case that tells about it passed.</summary>
    Yes,

    /// <summary>Some passed, some failed.</summary>
    Partly,

    /// <summary>None passed that a sender without it would fail.</summary>
    No,

    /// <summary>Too little was seen.</summary>
    Inconclusive,
}

/// <summary>All verdicts of one test.</summary>
/// <param name="MtaSts">Whether it honours MTA-STS.</param>
/// <param name="Dane">Whether it honours DANE.</param>
/// <param name="Precedence">Whether DANE goes before MTA-STS (RFC 8461 §2).</param>
/// <param name="TlsReports">Whether it sends TLS reports.</param>
/// <param name="IsFinal">False while later events may still change a verdict.</param>
/// <param name="Cases">One per case, in order.</param>
public sealed record RunVerdict(
    Support MtaSts,
    Support Dane,
    Support Precedence,
    Support TlsReports,
    bool IsFinal,
    IReadOnlyList<CaseVerdict> Cases
);
