using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using Postseal.Protocol.Tls;

namespace Postseal.Protocol.Dane;

/// <summary>One TLSA record (RFC 6698 §2). Presentation form is <see cref="ToString"/>, for example <c>3 1 1 0d5f…</c>; parse ∘ render is the identity.</summary>
/// <param name="Usage">0 PKIX-TA, 1 PKIX-EE, 2 DANE-TA, 3 DANE-EE; others are unusable.</param>
/// <param name="Selector">0 whole certificate, 1 SubjectPublicKeyInfo.</param>
/// <param name="MatchingType">0 exact, 1 SHA-256, 2 SHA-512.</param>
/// <param name="Data">Certificate association data.</param>
public sealed record TlsaRecord(byte Usage, byte Selector, byte MatchingType, ImmutableArray<byte> Data)
{
    /// <summary>Usage 2 (RFC 7671 §5.2).</summary>
    public const byte DaneTa = 2;

    /// <summary>Usage 3 (RFC 7671 §5.1).</summary>
    public const byte DaneEe = 3;

    /// <summary>Octets of data that fit a DNS record (RFC 1035 §3.2.1) beside the three numbers.</summary>
    public const int MaxDataLength = 65535 - 3;

    private const int Numbers = 3;

    /// <summary>The labels in front of the TLSA base domain for a port, for example <c>_25._tcp</c> (RFC 6698 §3).</summary>
    public static string Labels(int port) => string.Create(CultureInfo.InvariantCulture, $"_{port}._tcp");

    /// <summary>Usage 2 or 3, known selector and matching type, and data of the right form (RFC 6698 §4.1, RFC 7672 §3.1.3).</summary>
    public bool IsUsable =>
        Usage is DaneTa or DaneEe
        && Selector <= 1
        && MatchingType switch
        {
            0 => Selector == 0
                ? CertificateFields.Read(Data.AsMemory()) is not null
                : PublicKeyStrength.Of(Data.AsMemory()).IsReadable,
            1 => Data.AsSpan().Length == SHA256.HashSizeInBytes,
            2 => Data.AsSpan().Length == SHA512.HashSizeInBytes,
            _ => false,
        };

    /// <summary>The record that publishes a certificate (RFC 6698 §2.1).</summary>
    /// <param name="certificate">The leaf for usage 1 and 3, an issuer for 0 and 2.</param>
    /// <param name="usage">0 to 3; 3 for a mail server's own key.</param>
    /// <param name="selector">0 or 1.</param>
    /// <param name="matchingType">0, 1 or 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">An unknown number.</exception>
    public static TlsaRecord For(CertificateFacts certificate, byte usage, byte selector, byte matchingType)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(usage, DaneEe);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(selector, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(matchingType, 2);
        return new TlsaRecord(usage, selector, matchingType, [.. Association(certificate, selector, matchingType)]);
    }

    /// <summary>True when the data is that of the certificate, whatever the usage means; false for an unknown selector or matching type.</summary>
    public bool Matches(CertificateFacts certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return Selector <= 1
            && MatchingType <= 2
            && !Data.IsDefaultOrEmpty
            && Data.AsSpan().SequenceEqual(Association(certificate, Selector, MatchingType));
    }

    /// <summary>Reads three decimal numbers and hex, white space allowed inside the hex.</summary>
    public static bool TryParse(
        ReadOnlySpan<char> text,
        [NotNullWhen(true)] out TlsaRecord? record,
        [NotNullWhen(false)] out ParseError? error
    )
    {
        record = null;
        Span<byte> numbers = stackalloc byte[Numbers];
        var at = 0;
        foreach (ref var number in numbers)
        {
            at = SkipBlanks(text, at);
            var end = at;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
                end++;

            if (end - at > 3 || !byte.TryParse(text[at..end], NumberStyles.None, CultureInfo.InvariantCulture, out number))
                return Fail("dane.tlsa.number", at, out error);

            if (end < text.Length && !IsBlank(text[end]))
                return Fail("dane.tlsa.number", end, out error);

            at = end;
        }

        if (!TryReadHex(text, at, out var data, out error))
            return false;

        record = new TlsaRecord(numbers[0], numbers[1], numbers[2], data);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Usage} {Selector} {MatchingType} {Convert.ToHexStringLower(Data.AsSpan())}"
        );

    /// <inheritdoc/>
    public bool Equals(TlsaRecord? other) =>
        other is not null
        && (Usage, Selector, MatchingType) == (other.Usage, other.Selector, other.MatchingType)
        && Data.AsSpan().SequenceEqual(other.Data.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes([Usage, Selector, MatchingType]);
        hash.AddBytes(Data.AsSpan());
        return hash.ToHashCode();
    }

    private static byte[] Association(CertificateFacts certificate, byte selector, byte matchingType)
    {
        var selected = selector == 0 ? certificate.Der.AsSpan() : certificate.SubjectPublicKeyInfo.Span;
        return matchingType switch
        {
            0 => selected.ToArray(),
            1 => SHA256.HashData(selected),
            _ => SHA512.HashData(selected),
        };
    }

    private static bool TryReadHex(
        ReadOnlySpan<char> text,
        int at,
        out ImmutableArray<byte> data,
        [NotNullWhen(false)] out ParseError? error
    )
    {
        data = [];
        var digits = new List<char>();
        for (; at < text.Length; at++)
        {
            if (IsBlank(text[at]))
                continue;

            if (!char.IsAsciiHexDigit(text[at]) || digits.Count == MaxDataLength * 2)
                return Fail("dane.tlsa.data", at, out error);

            digits.Add(text[at]);
        }

        if (digits.Count == 0 || digits.Count % 2 != 0)
            return Fail("dane.tlsa.data", text.Length, out error);

        data = [.. Convert.FromHexString(digits.ToArray())];
        error = null;
        return true;
    }

    private static int SkipBlanks(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && IsBlank(text[at]))
            at++;

        return at;
    }

    private static bool IsBlank(char c) => c is ' ' or '\t';

    private static bool Fail(string code, int offset, [NotNullWhen(false)] out ParseError? error)
    {
        error = new ParseError(code, offset);
        return false;
    }
}
