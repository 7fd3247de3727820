using Postseal.Checks.Findings;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Checks;

/// <summary>Every finding has a page that a postmaster can read, and no page speaks of a finding that does not exist.</summary>
public sealed class FindingPagesTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "docs/findings");

    public static TheoryData<string> Ids => [.. Catalogue.All.Select(k => k.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_finding_has_a_page_with_every_section(string id)
    {
        var text = File.ReadAllText(Path.Combine(Folder, $"{id}.md"));
        Assert.StartsWith($"# {id}: ", text, StringComparison.Ordinal);
        foreach (var section in (string[])["What it is", "Why it matters", "How to fix it", "Where it is written", "Example"])
            Assert.Contains($"\n## {section}\n", text, StringComparison.Ordinal);

        Assert.Contains(Catalogue.Get(id).Rfc.Split(' ')[0], text, StringComparison.Ordinal);
    }

    [Fact]
    public void No_page_is_left_over()
    {
        var pages = Directory.GetFiles(Folder, "*.md").Select(Path.GetFileNameWithoutExtension).Where(n => n != "README");
        Assert.Equal(Catalogue.All.Select(k => k.Id).Order(StringComparer.Ordinal), pages.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_index_lists_every_page()
    {
        var path = Path.Combine(Folder, "README.md");
        var lines = Catalogue.All.Select(k => $"| [{k.Id}]({k.Id}.md) | {k.Title} | {k.Rfc} |");
        var actual = $"# Findings\n\n| id | what | RFC |\n| --- | --- | --- |\n{string.Join('\n', lines)}\n";
        Golden.Equal(path, File.Exists(path) ? File.ReadAllText(path) : "", actual);
    }
}
