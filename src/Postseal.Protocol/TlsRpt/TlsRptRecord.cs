using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Postseal.Protocol.TlsRpt;

/// <summary>The <c>_smtp._tls</c> TXT record (RFC 8460 §3). Rendering is <see cref="ToString"/>; parse ∘ render is the identity.</summary>
/// <param name="Rua">All report addresses of all <c>rua</c> fields, in order, unusable ones included.</param>
/// <param name="RuaFields">How many <c>rua</c> fields there were; more than one is legal by the grammar and a warning.</param>
/// <param name="Extensions">All other fields, ignored: unknown names, and repeats of <c>v</c>.</param>
public sealed record TlsRptRecord(ImmutableArray<ReportUri> Rua, int RuaFields, ImmutableArray<RecordField> Extensions)
{
    /// <summary>The labels in front of the policy domain.</summary>
    public const string Label = "_smtp._tls";

    internal const string Version = "v=TLSRPTv1";

    /// <summary>Reads the joined strings of one TXT record. A bad address in <c>rua</c> spoils that address only; a record without <c>rua</c> is invalid.
    /// Errors: <see cref="TlsRptErrors"/>.</summary>
    public static bool TryParse(
        ReadOnlySpan<char> text,
        [NotNullWhen(true)] out TlsRptRecord? record,
        [NotNullWhen(false)] out ParseError? error
    )
    {
        var cursor = new Cursor(text, TlsRptErrors.Shared);
        var rua = ImmutableArray.CreateBuilder<ReportUri>();
        var extensions = ImmutableArray.CreateBuilder<RecordField>();
        var ruaFields = 0;
        cursor.TakeVersion(Version);
        while (cursor.TakeName(out var name))
        {
            if (name is not "rua")
            {
                if (cursor.TakeExtension(out var value))
                    extensions.Add(new(name.ToString(), value.ToString()));
            }
            else if (cursor.TakeList(out var list))
            {
                ruaFields++;
                foreach (var range in list.Split(','))
                    rua.Add(ReportUri.From(list[range].Trim(" \t").ToString()));
            }
        }

        error = cursor.Error ?? (ruaFields == 0 ? new(TlsRptErrors.RuaMissing, text.Length) : null);
        record = error is null ? new(rua.DrainToImmutable(), ruaFields, extensions.DrainToImmutable()) : null;
        return error is null;
    }

    /// <inheritdoc/>
    public bool Equals(TlsRptRecord? other) =>
        other is not null && RuaFields == other.RuaFields && Rua.SameItems(other.Rua) && Extensions.SameItems(other.Extensions);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(RuaFields, Rua.ItemsHash(), Extensions.ItemsHash());

    /// <summary>The record's text, <c>v=TLSRPTv1; rua=…;</c> first. Of several <c>rua</c> fields the last takes all addresses left over.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Version).Append(';');
        foreach (var uri in Rua.Take(RuaFields - 1))
            text.Append(" rua=").Append(uri.Text).Append(';');

        text.Append(" rua=").AppendJoin(',', Rua.Skip(RuaFields - 1).Select(u => u.Text)).Append(';');
        foreach (var extension in Extensions)
            text.Append(' ').Append(extension.Name).Append('=').Append(extension.Value).Append(';');

        return text.ToString();
    }
}
