using Postseal.Protocol;

namespace Postseal.Checks.Setup;

/// <summary>The parse errors of domain names in words.</summary>
public static class DomainErrorText
{
    /// <summary>Why a text is no domain name, as the end of a sentence, for those who gave it in a file or a command.</summary>
    public static string Of(ParseError error) =>
        error.Code switch
        {
            DomainErrors.Empty => "it is empty",
            DomainErrors.Length => "it is longer than 253 octets",
            DomainErrors.LabelEmpty => $"there is an empty label at position {error.Offset + 1}",
            DomainErrors.LabelLength => $"the label at position {error.Offset + 1} is longer than 63 octets",
            DomainErrors.Address => "it is an address, not a name",
            DomainErrors.Hyphen => $"a label may not begin or end with a hyphen (position {error.Offset + 1})",
            DomainErrors.Idn => $"the character at position {error.Offset + 1} cannot be converted; write the label as xn--…",
            DomainErrors.IdnCombining =>
                $"the combining mark at position {error.Offset + 1} cannot be converted; write the label as xn--…",
            _ => $"the character at position {error.Offset + 1} cannot stand in a domain name",
        };

    /// <summary>The same as whole sentences, for those who typed it into a box.</summary>
    public static string Sentence(ParseError error) =>
        error.Code switch
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
