using Postseal.Checks.Setup;
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
                problems.Add($"'{PrintableText.Of(text, 80)}' is no domain name: {DomainErrorText.Of(error)}");
        }

        return ([.. domains.Distinct()], problems);
    }
}
