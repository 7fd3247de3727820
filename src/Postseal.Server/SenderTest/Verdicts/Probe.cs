namespace Postseal.Server.SenderTest.Verdicts;

/// <summary>One message that a sender was given for a case.</summary>
/// <param name="Stage">Index of the case's stage that it belongs to.</param>
/// <param name="Recipient">Its address, lower case. The messages of several stages may share one: then the time tells them apart.</param>
/// <param name="SentAt">Since when the stage stood and the message could be on its way.</param>
public sealed record Probe(int Stage, string Recipient, DateTimeOffset SentAt);
