using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Postseal.Protocol.MtaSts;

/// <summary>Reads a policy line by line and stops at the first fault (RFC 8461 §3.2). In one line, encoding comes before grammar.</summary>
internal ref struct StsPolicyReader(ReadOnlySpan<byte> text)
{
    /// <summary>RFC 8461 §3.2, sts-policy-max-age.</summary>
    public const int MaxAgeDigits = 10;

    private const int MaxKeyLength = 32; // RFC 8461 §3.2, sts-policy-ext-name
    private const int MaxMxLength = 2 + DomainName.MaxLength; // "*." and a name

    private static readonly SearchValues<byte> KeyCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."u8
    );
    private static readonly SearchValues<byte> Controls = SearchValues.Create([
        .. Enumerable.Range(0, ' ').Append(0x7F).Select(c => (byte)c),
    ]);

    private readonly ReadOnlySpan<byte> _text = text;
    private readonly PackedLines.Builder _mx = new();
    private readonly PackedLines.Builder _extensions = new();
    private bool _version;
    private StsMode? _mode;
    private long? _maxAge;

    /// <summary>The first fault; null while there is none.</summary>
    public ParseError? Error { get; private set; }

    /// <summary>Cuts <c>key ":" *WSP value</c>; where that fails, <paramref name="key"/> is as much as could belong to a key.</summary>
    public static bool TrySplit(ReadOnlySpan<byte> field, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        var length = field.IndexOfAnyExcept(KeyCharacters);
        var isField = length > 0 && field[length] == ':';
        key = length < 0 ? field : field[..length];
        value = isField ? field[(length + 1)..].TrimStart(" \t"u8) : default;
        return isField;
    }

    /// <summary>Where a key breaks the rule for names, or -1.</summary>
    public static int FindKeyFault(ReadOnlySpan<byte> key)
    {
        if (!char.IsAsciiLetterOrDigit((char)key[0]))
            return 0;

        return key.Length > MaxKeyLength ? MaxKeyLength : -1;
    }

    /// <summary>The policy, or null and an <see cref="Error"/>.</summary>
    public StsPolicy? Read()
    {
        if (_text.StartsWith("\uFEFF"u8))
            Fail(StsPolicyErrors.Bom, 0);

        var utf8Length = CountUtf8();
        var empty = true;
        var lines = new StsPolicyLines(_text);
        while (Error is null && lines.MoveNext())
        {
            if (lines.Start + lines.Content.Length > utf8Length)
                Fail(StsPolicyErrors.Utf8, utf8Length);
            else if (lines.Content.IndexOf((byte)'\r') is var cr and >= 0)
                Fail(StsPolicyErrors.CarriageReturn, lines.Start + cr);
            else if (lines.Content.TrimEnd(" \t"u8) is { IsEmpty: false } field)
            {
                empty = false;
                ReadField(field, lines.Start);
            }
        }

        if (Error is null && empty)
            Fail(StsPolicyErrors.Empty, 0);

        return Error is null ? Finish() : null;
    }

    private StsPolicy? Finish()
    {
        if (!_version)
            Fail(StsPolicyErrors.VersionMissing, _text.Length);
        else if (_mode is null)
            Fail(StsPolicyErrors.ModeMissing, _text.Length);
        else if (_maxAge is null)
            Fail(StsPolicyErrors.MaxAgeMissing, _text.Length);
        else if (_mx.Count == 0 && _mode != StsMode.None)
            Fail(StsPolicyErrors.MxMissing, _text.Length);
        else
            return new(_mode.Value, new(_mx.ToLines()), _maxAge.Value, new(_extensions.ToLines()));

        return null;
    }

    private void ReadField(ReadOnlySpan<byte> field, int start)
    {
        if (!TrySplit(field, out var key, out var value))
        {
            Fail(StsPolicyErrors.Line, start + key.Length);
            return;
        }

        var valueStart = start + field.Length - value.Length;
        if (FindKeyFault(key) is var fault and >= 0)
            Fail(StsPolicyErrors.ExtensionName, start + fault);
        else
            ReadValue(key, value, valueStart);
    }

    private void ReadValue(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, int start)
    {
        if (key.SequenceEqual("mx"u8))
            ReadMx(value, start);
        else if (key.SequenceEqual("version"u8) && !_version)
            ReadVersion(value, start);
        else if (key.SequenceEqual("mode"u8) && _mode is null)
            ReadMode(value, start);
        else if (key.SequenceEqual("max_age"u8) && _maxAge is null)
            ReadMaxAge(value, start);
        else
            ReadExtension(key, value, start);
    }

    private void ReadVersion(ReadOnlySpan<byte> value, int start)
    {
        _version = value.SequenceEqual("STSv1"u8);
        if (!_version)
            Fail(StsPolicyErrors.Version, start);
    }

    private void ReadMode(ReadOnlySpan<byte> value, int start)
    {
        if (value.SequenceEqual("enforce"u8))
            _mode = StsMode.Enforce;
        else if (value.SequenceEqual("testing"u8))
            _mode = StsMode.Testing;
        else if (value.SequenceEqual("none"u8))
            _mode = StsMode.None;
        else
            Fail(StsPolicyErrors.Mode, start);
    }

    private void ReadMaxAge(ReadOnlySpan<byte> value, int start)
    {
        var digits = value.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (value.IsEmpty || digits is >= 0 and <= MaxAgeDigits)
            Fail(StsPolicyErrors.MaxAge, start + Math.Max(digits, 0));
        else if (value.Length > MaxAgeDigits)
            Fail(StsPolicyErrors.MaxAge, start + MaxAgeDigits);
        else
            _maxAge = long.Parse(value, provider: null);
    }

    private void ReadMx(ReadOnlySpan<byte> value, int start)
    {
        // A pattern is ASCII; widening byte by byte keeps offsets, and one byte too many is enough to see that it is too long.
        Span<char> chars = stackalloc char[MaxMxLength + 1];
        var length = Encoding.Latin1.GetChars(value[..Math.Min(value.Length, chars.Length)], chars);
        if (MxPattern.Check(chars[..length]) is { } error)
        {
            Fail(error.Code, start + error.Offset);
            return;
        }

        Span<byte> pattern = stackalloc byte[length];
        Ascii.ToLower(value, pattern, out _);
        _mx.Add(pattern);
    }

    private void ReadExtension(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, int start)
    {
        var control = value.IndexOfAny(Controls);
        if (value.IsEmpty || control >= 0)
            Fail(StsPolicyErrors.ExtensionValue, start + Math.Max(control, 0));
        else
            _extensions.Add([.. key, (byte)':', .. value]);
    }

    private readonly int CountUtf8()
    {
        if (Utf8.IsValid(_text))
            return _text.Length;

        var length = 0;
        while (Rune.DecodeFromUtf8(_text[length..], out _, out var bytes) == OperationStatus.Done)
            length += bytes;

        return length;
    }

    private void Fail(string code, int offset) => Error = new(code, offset);
}
