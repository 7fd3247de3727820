namespace Postseal.Server.SenderTest.Verdicts;

/// <summary>Verdicts as JSON and the command line name them: a contract.</summary>
internal static class VerdictWords
{
    /// <summary><c>yes</c>, <c>partly</c>, <c>no</c> or <c>inconclusive</c>.</summary>
    public static string Of(Support support) =>
        support switch
        {
            Support.Yes => "yes",
            Support.Partly => "partly",
            Support.No => "no",
            _ => "inconclusive",
        };

    /// <summary><c>pass</c>, <c>fail</c>, <c>not-offered</c> or <c>inconclusive</c>.</summary>
    public static string Of(Outcome outcome) =>
        outcome switch
        {
            Outcome.Pass => "pass",
            Outcome.Fail => "fail",
            Outcome.NotOffered => "not-offered",
            _ => "inconclusive",
        };
}
