using Postseal.Server.Pages;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Pages;

/// <summary>How verdicts look: word, colour and shape together.</summary>
internal static class TestLook
{
    /// <summary>The look of a case.</summary>
    public static Look Of(CaseVerdict verdict) =>
        verdict.Outcome switch
        {
            Outcome.Pass => new("ok", "Pass"),
            Outcome.Fail => new("breaks", "Fail"),
            Outcome.NotOffered => new("none", "Not offered"),
            _ => new("unknown", verdict.Evidence.Count == 0 ? "Waiting" : "Not yet known"),
        };

    /// <summary>The look of an answer.</summary>
    public static Look Of(Support support) =>
        support switch
        {
            Support.Yes => new("ok", "Yes"),
            Support.Partly => new("warn", "Partly"),
            Support.No => new("breaks", "No"),
            _ => new("unknown", "Not yet known"),
        };

    /// <summary>The answer in a sentence.</summary>
    public static string Words(Support support, string yes, string no) =>
        support switch
        {
            Support.Yes => yes,
            Support.Partly => "In some cases it does, in others it does not: see below.",
            Support.No => no,
            _ => "Too little has been seen so far.",
        };
}
