using System.Diagnostics.CodeAnalysis;
using Postseal.Checks.Setup;
using Postseal.Protocol;

namespace Postseal.Server.Pages;

/// <summary>What people type into the box or put into a link, read as a domain: also mail addresses and web addresses.</summary>
internal static class DomainInput
{
    // A mail address has at most 64 + 1 + 255 characters; a link pasted by mistake is longer, but its host comes first.
    private const int MaxLength = 2000;

    /// <summary>Reads a domain, or says in a sentence what is wrong.</summary>
    public static bool TryRead(string? text, [NotNullWhen(true)] out DomainName? domain, [NotNullWhen(false)] out string? problem)
    {
        domain = null;
        problem = null;
        var name = Host((text ?? "").Trim());
        if (name.Length > MaxLength)
            problem = "This is far too long for a domain name.";
        else if (!DomainName.TryParse(name, out domain, out var error))
            problem = DomainErrorText.Sentence(error);

        return domain is not null;
    }

    private static ReadOnlySpan<char> Host(ReadOnlySpan<char> text)
    {
        // Angle brackets stand around addresses, as mail programs write them; around anything else they are a mistake, or worse.
        var isAddress = text.Contains('@') || text.Contains("://", StringComparison.Ordinal);
        if (text.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0)
        {
            text = text[(scheme + 3)..];
            if (text.IndexOfAny('/', '?', '#') is var path and >= 0)
                text = text[..path];
        }

        if (text.LastIndexOf('@') is var at and >= 0)
            text = text[(at + 1)..];

        if (text.IndexOfAny('/', '?', '#') is var rest and >= 0)
            text = text[..rest];

        if (text.LastIndexOf(':') is var colon and >= 0 && text.IndexOf(':') == colon && IsNumber(text[(colon + 1)..]))
            text = text[..colon];

        return text.Trim(isAddress ? "<>\"' \t,;" : "\"' \t,;");
    }

    private static bool IsNumber(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 5 && !text.ContainsAnyExceptInRange('0', '9');
}
