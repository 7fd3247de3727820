namespace Postseal.Lab.Dns;

/// <summary>The header of a DNS message (RFC 1035 §4.1.1).</summary>
internal static class MessageHeader
{
    /// <summary>Less is no message.</summary>
    public const int Bytes = 12;

    private const int FlagsAt = 2;
    private const byte ResponseAndOpcode = 0b1111_1000; // QR: 0 is a query; opcode: 0 is QUERY

    /// <summary>Whether it asks: no response, and no other operation than a query. All else is dropped unanswered.</summary>
    /// <param name="message">Without the length that TCP puts before it.</param>
    /// <param name="length">What of it was received.</param>
    public static bool IsQuestion(ReadOnlySpan<byte> message, int length) =>
        length >= Bytes && (message[FlagsAt] & ResponseAndOpcode) == 0;
}
