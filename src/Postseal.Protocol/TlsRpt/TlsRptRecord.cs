using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Postseal.Protocol.TlsRpt;

/// <summary>The <c>_smtp._tls</c> TXT record (RFC 8460 §3). Rendering is <see cref="ToString"/>; parse ∘ render is the identity.</summary>
/// <param name="Rua">All report addresses of all <c>rua</c> fields, in order, unusable ones included.</param>
/// <param name="RuaFields">How many <c>rua</c> fields there were; more than one is legal by the grammar and a warning.</param>
/// <param name="Extensions">Unknown fields, ignored.</param>
public sealed record TlsRptRecord(ImmutableArray<ReportUri> Rua, int RuaFields, ImmutableArray<RecordField> Extensions)
{
    /// <summary>The labels in front of the policy domain.</summary>
    public const string Label = "_smtp._tls";

    /// <summary>Reads the joined strings of one TXT record. A bad address in <c>rua</c> spoils that address only; a record without <c>rua</c> is invalid.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out TlsRptRecord? record, [NotNullWhen(false)] out ParseError? error) =>
        throw new NotSupportedException();
}

/// <summary>One address of a <c>rua</c> field.</summary>
/// <param name="Text">As written.</param>
public abstract record ReportUri(string Text)
{
    /// <summary>Reports by mail.</summary>
    /// <param name="Address">Percent-decoded mail address, header parameters removed.</param>
    /// <param name="Domain">The address's domain.</param>
    public sealed record Mail(string Text, string Address, DomainName Domain) : ReportUri(Text);

    /// <summary>Reports by POST.</summary>
    public sealed record Https(string Text, Uri Uri) : ReportUri(Text);

    /// <summary>Not usable.</summary>
    /// <param name="Error">Codes: <c>tlsrpt.uri.syntax</c>, <c>tlsrpt.uri.scheme</c>, <c>tlsrpt.uri.mailto</c>, <c>tlsrpt.uri.https</c>.</param>
    public sealed record Unusable(string Text, ParseError Error) : ReportUri(Text);
}
