using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>An address of a test: <c>MAILBOX@c6.ZONE</c> in the first round, <c>MAILBOX-2@c6.ZONE</c> in the second.</summary>
/// <param name="Mailbox">Whose it is.</param>
/// <param name="Round">From 1.</param>
/// <param name="Domain">Of the case.</param>
internal sealed record Address(string Mailbox, int Round, string Domain)
{
    /// <summary>Rounds that there can be: as many as the case that changes most has states.</summary>
    public const int Rounds = 9; // one digit

    /// <summary>Reads an address in lower case; text from outside.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out Address? address)
    {
        address = null;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < TestKey.Length || !TestKey.IsOne(text[..TestKey.Length]))
            return false;

        var round = text[TestKey.Length..at] switch
        {
            "" => 1,
            ['-', >= '2' and <= '9' and var digit] => digit - '0',
            _ => 0,
        };
        if (round > 0)
            address = new(text[..TestKey.Length], round, text[(at + 1)..]);

        return round > 0;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Round == 1 ? $"{Mailbox}@{Domain}" : string.Create(CultureInfo.InvariantCulture, $"{Mailbox}-{Round}@{Domain}");
}
