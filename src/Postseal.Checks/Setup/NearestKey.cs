namespace Postseal.Checks.Setup;

/// <summary>What somebody may have meant who misspelt a key.</summary>
public static class NearestKey
{
    private const int MaxEdits = 2; // a letter too many, too few, wrong, or two of them swapped
    private const int MaxLength = 40; // longer than every key with that many edits

    /// <summary><c>; did you mean 'listen'?</c>, or nothing.</summary>
    public static string Hint(string key, IEnumerable<string> known)
    {
        if (key.Length > MaxLength)
            return "";

        var plain = key.ToLowerInvariant().TrimStart('-').Replace('_', '-');
        var best = known.Select(k => (Key: k, Edits: Edits(plain, k))).MinBy(k => k.Edits);
        return best.Edits <= Math.Min(MaxEdits, plain.Length / 2) ? $"; did you mean '{best.Key}'?" : "";
    }

    private static int Edits(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
