using System.Buffers;
using System.Collections.Immutable;

namespace Postseal.Protocol;

/// <summary>The error codes in which the two record grammars differ by name only.</summary>
internal sealed record RecordErrors(string Version, string Field, string ExtensionName, string ExtensionValue, string Character);

/// <summary>
/// Reads the grammar that the <c>_mta-sts</c> and <c>_smtp._tls</c> records share (RFC 8461 §3.1, RFC 8460 §3):
/// <c>version 1*( delim field ) [ delim ]</c>, <c>delim = *WSP ";" *WSP</c>, <c>field = name "=" value</c>. The first fault stops it.
/// </summary>
internal ref struct Cursor(ReadOnlySpan<char> text, RecordErrors errors)
{
    private const string Blanks = " \t";
    private const int MaxNameLength = 32; // RFC 8461 §3.1, sts-ext-name

    private static readonly SearchValues<char> Alphanumeric = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    );
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."
    );
    private static readonly SearchValues<char> ExtensionCharacters = SearchValues.Create([
        .. Enumerable.Range(0x21, 0x7F - 0x21).Select(c => (char)c).Except("=;"),
    ]);
    private static readonly SearchValues<char> ListCharacters = SearchValues.Create([
        .. Enumerable.Range(0x20, 0x7F - 0x20).Select(c => (char)c).Append('\t').Except(";"),
    ]);

    private readonly ReadOnlySpan<char> _text = text;
    private readonly RecordErrors _errors = errors;
    private int _position;

    /// <summary>The first fault; null while there is none.</summary>
    public ParseError? Error { get; private set; }

    /// <summary>Sorts the texts of all TXT records into those that begin with the version and a semicolon, and the rest.
    /// White space before the semicolon is tolerated (standard.md 8461-3.1-10).</summary>
    public static (ImmutableArray<string> Candidates, ImmutableArray<string> Unrelated) Sort(
        IEnumerable<string> texts,
        string version
    )
    {
        var all = texts.ToLookup(t => IsCandidate(t, version));
        return ([.. all[true]], [.. all[false]]);
    }

    /// <summary>Reads the version, which must be a whole field.</summary>
    public bool TakeVersion(string version)
    {
        if (!_text.StartsWith(version, StringComparison.Ordinal))
            return Fail(_errors.Version, 0);

        _position = version.Length;
        return AtFieldEnd() || Fail(_errors.Version, _position);
    }

    /// <summary>Moves behind the <c>=</c> of the next field; false at the end or at a fault.</summary>
    public bool TakeName(out ReadOnlySpan<char> name)
    {
        name = default;
        if (Error is not null || _position == _text.Length)
            return false;

        if (!TakeDelimiter())
            return Fail(_errors.Field, _position);

        if (_position == _text.Length)
            return false;

        var start = _position;
        name = TakeRun(NameCharacters);
        if (AtFieldEnd())
            return Fail(_errors.Field, _position);

        if (_text[_position] != '=' || name.IsEmpty)
            return Fail(_errors.ExtensionName, _position);

        if (!Alphanumeric.Contains(name[0]))
            return Fail(_errors.ExtensionName, start);

        if (name.Length > MaxNameLength)
            return Fail(_errors.ExtensionName, start + MaxNameLength);

        _position++;
        return true;
    }

    /// <summary>Reads 1 to <paramref name="max"/> letters and digits.</summary>
    public bool TakeAlphanumeric(int max, string code, out ReadOnlySpan<char> value) =>
        TakeValue(Alphanumeric, max, code, out value);

    /// <summary>Reads the value of an extension: printable, neither blank, <c>=</c> nor <c>;</c>.</summary>
    public bool TakeExtension(out ReadOnlySpan<char> value) =>
        TakeValue(ExtensionCharacters, int.MaxValue, _errors.ExtensionValue, out value);

    /// <summary>Reads up to the next semicolon whatever printable is there, blanks inside included; the reader of the list judges its items.</summary>
    public bool TakeList(out ReadOnlySpan<char> value)
    {
        var start = _position;
        value = TakeRun(ListCharacters);
        if (_position < _text.Length && _text[_position] != ';')
            return Fail(_errors.Character, _position);

        value = value.TrimEnd(Blanks);
        _position = start + value.Length;
        return value.TrimStart(Blanks).Length == value.Length || Fail(_errors.Field, start);
    }

    private bool TakeValue(SearchValues<char> allowed, int max, string code, out ReadOnlySpan<char> value)
    {
        var start = _position;
        value = TakeRun(allowed);
        if (value.Length > max)
            return Fail(code, start + max);

        return (AtFieldEnd() && !value.IsEmpty) || Fail(code, _position);
    }

    private ReadOnlySpan<char> TakeRun(SearchValues<char> allowed)
    {
        var rest = _text[_position..];
        var length = rest.IndexOfAnyExcept(allowed);
        var run = length < 0 ? rest : rest[..length];
        _position += run.Length;
        return run;
    }

    private bool TakeDelimiter()
    {
        var rest = _text[_position..].TrimStart(Blanks);
        if (rest is not [';', ..])
            return false;

        _position = _text.Length - rest[1..].TrimStart(Blanks).Length;
        return true;
    }

    // A blank ends a field; whether a semicolon follows it is judged when the next field is asked for.
    private readonly bool AtFieldEnd() => _position == _text.Length || _text[_position] is ';' or ' ' or '\t';

    private bool Fail(string code, int offset)
    {
        var legal = offset == _text.Length || _text[offset] is '\t' or (>= ' ' and <= '~');
        Error = new(legal ? code : _errors.Character, offset);
        return false;
    }

    private static bool IsCandidate(ReadOnlySpan<char> text, string version) =>
        text.StartsWith(version, StringComparison.Ordinal) && text[version.Length..].TrimStart(Blanks) is [';', ..];
}
