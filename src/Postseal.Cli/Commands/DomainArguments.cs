using Postseal.Protocol;

namespace Postseal.Cli.Commands;

/// <summary>Domains from the command line: all of them good, or all that is wrong with them.</summary>
internal static class DomainArguments
{
    public static (IReadOnlyList<DomainName> Domains, IReadOnlyList<string> Problems) Read(IEnumerable<string> texts)
    {
        var (domains, problems) = (new List<DomainName>(), new List<string>());
        foreach (var text in texts)
        {
            if (DomainName.TryParse(text, out var domain, out var error))
                domains.Add(domain);
            else if (text.StartsWith('-'))
                problems.Add($"there is no option '{PrintableText.Of(text, 80)}' here");
            else
                problems.Add($"'{PrintableText.Of(text, 80)}' is no domain name: {Reason(error)}");
        }

        return ([.. domains.Distinct()], problems);
    }

    /// <summary>Why a text is no domain name, as the end of a sentence.</summary>
    public static string Reason(ParseError error) =>
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
