using System.Globalization;

namespace Postseal.Cli.Policyd.SelfTest;

/// <summary>A version of Postfix, and what it can do (Postfix's RELEASE_NOTES).</summary>
internal readonly record struct PostfixVersion(int Major, int Minor, int Patch) : IComparable<PostfixVersion>
{
    /// <summary>Reads <c>3.10.5</c>, and <c>3.12-20260821</c> as 3.12.0; null for anything else.</summary>
    public static PostfixVersion? Parse(string text)
    {
        var parts = text.Split('-')[0].Split('.');
        int[] numbers =
        [
            .. parts.Select(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : -1),
        ];
        return numbers.Length is 2 or 3 && !numbers.Contains(-1)
            ? new(numbers[0], numbers[1], numbers.Length == 3 ? numbers[2] : 0)
            : null;
    }

    /// <summary>Takes the attributes of the TLSRPT dialect; older ones defer all mail for them.</summary>
    public bool KnowsTlsRpt => this >= new PostfixVersion(3, 10, 0);

    /// <summary>Compares the MX host's name with the policy's patterns.</summary>
    public bool EnforcesMxPatterns => this >= new PostfixVersion(3, 10, 5);

    /// <summary><c>smtp_tls_dane_insecure_mx_policy = dane</c> works as documented.</summary>
    public bool InsecureMxPolicyIsSane =>
        Minor switch
        {
            _ when Major != 3 => Major > 3,
            < 6 => false,
            6 => Patch >= 17,
            7 => Patch >= 13,
            8 => Patch >= 8,
            9 => Patch >= 2,
            _ => true,
        };

    /// <inheritdoc/>
    public int CompareTo(PostfixVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    public static bool operator <(PostfixVersion a, PostfixVersion b) => a.CompareTo(b) < 0;

    public static bool operator >(PostfixVersion a, PostfixVersion b) => a.CompareTo(b) > 0;

    public static bool operator <=(PostfixVersion a, PostfixVersion b) => a.CompareTo(b) <= 0;

    public static bool operator >=(PostfixVersion a, PostfixVersion b) => a.CompareTo(b) >= 0;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");
}
