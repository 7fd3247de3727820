namespace Postseal.Server.SenderTest.Verdicts;

/// <summary>How long the messages of a test have been waited for.</summary>
public enum Waited
{
    /// <summary>The wait goes on: later events may still change a verdict.</summary>
    NotYet,

    /// <summary>Long enough for one try of a message: a run of minutes.</summary>
    ForOneTry,

    /// <summary>Long enough for a message that was held back to be tried again (RFC 5321 §4.5.4.1: after 30 minutes or more).</summary>
    ForRetries,
}
