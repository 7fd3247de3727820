using System.Diagnostics.CodeAnalysis;
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
            problem = Sentence(error.Code);

        return domain is not null;
    }

    private static ReadOnlySpan<char> Host(ReadOnlySpan<char> text)
    {
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

        return text.Trim("<>\"' \t,;");
    }

    private static bool IsNumber(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 5 && !text.ContainsAnyExceptInRange('0', '9');

    private static string Sentence(string code) =>
        code switch
        {
            DomainErrors.Empty => "Please type a domain name.",
            DomainErrors.LabelEmpty => "A part of the name is missing: there is nothing between two dots, or before the first.",
            DomainErrors.LabelLength => "A part of the name is longer than the 63 characters that DNS allows.",
            DomainErrors.Length => "The name is longer than the 253 characters that DNS allows.",
            DomainErrors.Hyphen => "A part of the name begins or ends with a hyphen.",
            DomainErrors.Address =>
                "This is an address, not a name. Policies belong to the domain: the part of a mail address after the @.",
            DomainErrors.Idn or DomainErrors.IdnCombining =>
                "The name has a character that cannot be converted here. Try its ASCII form, which begins with xn--.",
            _ => "The name has a character that cannot stand in a domain name: only letters, digits, hyphens and dots can.",
        };
}
