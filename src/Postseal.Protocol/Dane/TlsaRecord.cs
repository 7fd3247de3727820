using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Postseal.Protocol.Dane;

/// <summary>One TLSA record (RFC 6698 §2). Presentation form is <see cref="ToString"/>, for example <c>3 1 1 0d5f…</c>; parse ∘ render is the identity.</summary>
/// <param name="Usage">0 PKIX-TA, 1 PKIX-EE, 2 DANE-TA, 3 DANE-EE; others are unusable.</param>
/// <param name="Selector">0 whole certificate, 1 SubjectPublicKeyInfo.</param>
/// <param name="MatchingType">0 exact, 1 SHA-256, 2 SHA-512.</param>
/// <param name="Data">Certificate association data.</param>
public sealed record TlsaRecord(byte Usage, byte Selector, byte MatchingType, ImmutableArray<byte> Data)
{
    /// <summary>The labels in front of the TLSA base domain for a port, for example <c>_25._tcp</c> (RFC 6698 §3).</summary>
    public static string Labels(int port) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"_{port}._tcp");

    /// <summary>Usage 2 or 3, known selector and matching type, and data of the right form (RFC 6698 §4.1, RFC 7672 §3.1.3).</summary>
    public bool IsUsable => throw new NotSupportedException();

    /// <summary>Reads three decimal numbers and hex, white space allowed inside the hex.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out TlsaRecord? record, [NotNullWhen(false)] out ParseError? error) =>
        throw new NotSupportedException();
}
