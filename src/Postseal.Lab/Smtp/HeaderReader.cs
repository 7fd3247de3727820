using System.Text;
using Postseal.Lab.Watching;

namespace Postseal.Lab.Smtp;

/// <summary>Picks, out of a message that is dropped as it comes, the few header fields that a verdict needs (RFC 5322 §2.2); of a TLS report also the time in
/// the name of its file, which stands in the header of a part of the body.</summary>
internal sealed class HeaderReader
{
    private const int MaxHeader = 64 * 1024; // what stands behind is not looked at; a long header has some 20 KB
    private const int MaxLine = 1000; // RFC 5322 §2.1.1, with the line's end; the rest of a longer one is lost
    private const int MaxValue = 300; // the word No, or a domain name

    // RFC 8689 §3, RFC 8460 §5.3; null until the field has been seen.
    private readonly Dictionary<string, StringBuilder?> _fields = new(StringComparer.OrdinalIgnoreCase)
    {
        ["TLS-Required"] = null,
        ["TLS-Report-Domain"] = null,
        ["TLS-Report-Submitter"] = null,
    };
    private readonly byte[] _line = new byte[MaxLine];
    private int _length;
    private int _total;
    private byte _before;
    private StringBuilder? _field; // the one that a folded line goes on with; null where it is of no interest
    private Part _part = Part.Header;

    /// <summary>The value of TLS-Required, or null.</summary>
    public string? TlsRequired => Value("TLS-Required");

    /// <summary>The value of TLS-Report-Domain, or null.</summary>
    public string? ReportDomain => Value("TLS-Report-Domain");

    /// <summary>The value of TLS-Report-Submitter, or null.</summary>
    public string? ReportSubmitter => Value("TLS-Report-Submitter");

    /// <summary>The time that a TLS report is about; null where its file's name does not tell, and in any other message.</summary>
    public ReportPeriod? ReportPeriod { get; private set; }

    /// <summary>The next octet of the message.</summary>
    public void Take(byte octet)
    {
        if (_total == MaxHeader || _part == Part.Rest)
            return;
        _total++;

        if (octet == '\n' && _before == '\r')
            EndLine();
        else if (octet != '\r' && _length < MaxLine)
            _line[_length++] = octet;
        _before = octet;
    }

    private void EndLine()
    {
        var line = Encoding.Latin1.GetString(_line, 0, _length);
        _length = 0;
        if (_part == Part.Report)
            EndReportLine(line);
        else if (line is [' ' or '\t', ..])
            Append(line); // RFC 5322 §2.2.3: a folded line goes on with the one before
        else if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
            Begin(line[..colon].TrimEnd(), line[(colon + 1)..]);
        else
            _part = ReportDomain is null ? Part.Rest : Part.Report; // the empty line, or what is no header any more
    }

    private void EndReportLine(string line)
    {
        ReportPeriod = ReportPeriod.OfFileName(line);
        if (ReportPeriod is not null)
            _part = Part.Rest;
    }

    // Each of these stands once in a message; what comes again does not count.
    private void Begin(string name, string value)
    {
        var isWanted = _fields.TryGetValue(name, out var known) && known is null;
        _field = isWanted ? _fields[name] = new() : null;
        Append(value);
    }

    private void Append(string text) => _field?.Append(text.AsSpan(0, Math.Min(text.Length, MaxValue - _field.Length)));

    private string? Value(string name) => _fields[name]?.ToString().Trim();

    private enum Part
    {
        Header,
        Report, // the body of one, until it has told its time
        Rest, // of no interest
    }
}
