using System.Text.RegularExpressions;
using Xunit;

namespace Postseal.Tests.Protocol;

public sealed partial class ParseErrorCodesTests
{
    [Fact]
    public void Every_code_a_parser_can_give_is_documented_and_no_other()
    {
        var root = RepositoryRoot();
        var sources = Directory.GetFiles(Path.Combine(root, "src", "Postseal.Protocol"), "*.cs", SearchOption.AllDirectories);
        var codes = sources.SelectMany(f => CodeInSource().Matches(File.ReadAllText(f))).Select(m => m.Groups[1].Value);
        var documented = CodeInTable()
            .Matches(File.ReadAllText(Path.Combine(root, "docs", "parse-errors.md")))
            .Select(m => m.Groups[1].Value);
        Assert.Equal(codes.Distinct().Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Postseal.slnx")))
            folder = folder.Parent;

        return folder.FullName;
    }

    [GeneratedRegex("\"((?:dane|domain|netstring|smtp|sts|tlsrpt)\\.[a-z0-9]+[a-z0-9.-]*)\"")]
    private static partial Regex CodeInSource();

    [GeneratedRegex(@"^\| `([a-z0-9.-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex CodeInTable();
}
