using Postseal.Protocol;

namespace Postseal.Checks.Setup;

/// <summary>The parse errors of domain names in words.</summary>
public static class DomainErrorText
{
    /// <summary>Why a text is no domain name, as the end of a sentence.</summary>
    public static string Of(ParseError error) =>
        error.Code switch
        {
            "domain.empty" => "it is empty",
            "domain.length" => "it is longer than 253 octets",
            "domain.label-empty" => $"there is an empty label at position {error.Offset + 1}",
            "domain.label-length" => $"the label at position {error.Offset + 1} is longer than 63 octets",
            "domain.address" => "it is an address, not a name",
            "domain.hyphen" => $"a label may not begin or end with a hyphen (position {error.Offset + 1})",
            "domain.character" => $"the character at position {error.Offset + 1} cannot stand in a domain name",
            _ => $"{error.Code} at position {error.Offset + 1}",
        };
}
