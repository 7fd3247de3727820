using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Postseal.Protocol.MtaSts;

/// <summary>Something odd but not fatal in a policy text that a checker mentions and a sender ignores.</summary>
/// <param name="Code">One of <c>duplicate-key</c>, <c>unknown-key</c>, <c>blank-line</c>, <c>lf-line-ends</c>, <c>mixed-line-ends</c>, <c>no-final-line-end</c>, <c>trailing-blank</c>, <c>max-age-over</c>, <c>mx-address</c>.</param>
/// <param name="Line">One-based line.</param>
/// <param name="Text">The key or value meant, empty where a whole line is; may be hostile, escape before printing.</param>
public sealed record StsPolicyRemark(string Code, int Line, string Text)
{
    /// <summary>The most remarks made on one text: a reader is not served by more, and a text may hold tens of thousands.</summary>
    public const int MaxRemarks = 100;

    /// <summary>All remarks on a text, valid or not, in order of line; at most <see cref="MaxRemarks"/>.</summary>
    public static ImmutableArray<StsPolicyRemark> Inspect(ReadOnlySpan<byte> text)
    {
        var remarks = ImmutableArray.CreateBuilder<StsPolicyRemark>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var lines = new StsPolicyLines(text);
        LineEnd? firstEnd = null;
        var mixed = false;
        while (remarks.Count < MaxRemarks && lines.MoveNext())
        {
            InspectField(lines.Content, lines.Number, keys, remarks);
            if (lines.End == LineEnd.None)
                remarks.Add(new("no-final-line-end", lines.Number, ""));
            else if (firstEnd is null)
                firstEnd = lines.End;
            else if (!mixed && lines.End != firstEnd)
            {
                mixed = true;
                remarks.Add(new("mixed-line-ends", lines.Number, ""));
            }
        }

        if (firstEnd == LineEnd.Lf && !mixed)
            remarks.Insert(0, new("lf-line-ends", 1, ""));

        return [.. remarks.Take(MaxRemarks)];
    }

    private static void InspectField(
        ReadOnlySpan<byte> line,
        int number,
        HashSet<string> keys,
        ImmutableArray<StsPolicyRemark>.Builder remarks
    )
    {
        var field = line.TrimEnd(" \t"u8);
        if (field.IsEmpty)
        {
            remarks.Add(new("blank-line", number, ""));
            return;
        }

        var isField = StsPolicyReader.TrySplit(field, out var keyBytes, out var valueBytes);
        var (key, value) = (Encoding.UTF8.GetString(keyBytes), Encoding.UTF8.GetString(valueBytes));
        if (field.Length < line.Length)
            remarks.Add(new("trailing-blank", number, key));

        // A malformed line is the parser's business.
        if (!isField || StsPolicyReader.FindKeyFault(keyBytes) >= 0)
            return;

        var repeated = !keys.Add(key);
        if (repeated && key != "mx")
            remarks.Add(new("duplicate-key", number, key));
        else if (key is not ("version" or "mode" or "mx" or "max_age"))
            remarks.Add(new("unknown-key", number, key));
        else if (key == "max_age" && IsOver(value))
            remarks.Add(new("max-age-over", number, value));
        else if (key == "mx" && MxPattern.TryParse(value, out var pattern, out _) && pattern.IsAddress)
            remarks.Add(new("mx-address", number, value));
    }

    // More digits are no max_age at all.
    private static bool IsOver(string value) =>
        value.Length <= StsPolicyReader.MaxAgeDigits
        && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds > StsPolicy.MaxMaxAge;
}
