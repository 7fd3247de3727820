using Postseal.Server.Pages;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Pages;

/// <summary>How verdicts look: word, colour and shape together.</summary>
internal static class TestLook
{
    /// <summary>The look of a case.</summary>
    /// <param name="isFinal">Nothing more is waited for.</param>
    public static Look Of(CaseVerdict verdict, bool isFinal) =>
        verdict.Outcome switch
        {
            Outcome.Pass => new("ok", "Pass"),
            Outcome.Fail => new("breaks", "Fail"),
            Outcome.NotOffered => new("none", "Not offered"),
            _ when verdict.Evidence.Count == 0 => isFinal ? new("none", "Not tested") : new("wait", "Waiting"),
            _ => new("unknown", isFinal ? "Not known" : "Not yet known"),
        };

    /// <summary>The look of an answer.</summary>
    /// <param name="isFinal">Nothing more is waited for.</param>
    public static Look Of(Support support, bool isFinal) =>
        support switch
        {
            Support.Yes => new("ok", "Yes"),
            Support.Partly => new("warn", "Partly"),
            Support.No => new("breaks", "No"),
            _ => isFinal ? new("unknown", "Not known") : new("wait", "Not yet known"),
        };

    /// <summary>The answer in a sentence.</summary>
    /// <param name="next">What to do when in the end too little has been seen; a sentence.</param>
    /// <param name="isFinal">Nothing more is waited for.</param>
    public static string Words(Support support, string yes, string no, string next, bool isFinal) =>
        support switch
        {
            Support.Yes => yes,
            Support.Partly => "In some cases it does, in others it does not: see below.",
            Support.No => no,
            _ => isFinal ? $"Too little has been seen. {next}" : "Too little has been seen so far.",
        };
}
