using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Cli;

/// <summary>What the program prints, byte for byte: the transcripts are test, manual and README at once.</summary>
public sealed class TranscriptTests(FixedLab lab) : IClassFixture<FixedLab>
{
    public static TheoryData<string> Files =>
        [
            .. Directory
                .GetFiles(Path.Combine(RepositoryRoot.Path, "tests/Postseal.Tests/Transcripts"), "*.txt")
                .Select(f => Path.GetFileName(f)!)
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_program_prints_what_the_transcript_says(string file)
    {
        var path = Path.Combine(RepositoryRoot.Path, "tests/Postseal.Tests/Transcripts", file);
        var expected = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var actual = await Transcript.ReplayAsync(expected, lab.Internet, lab.Clock, TestContext.Current.CancellationToken);
        Golden.Equal(path, expected, actual);
    }

    [Fact]
    public async Task The_readme_shows_what_the_program_prints()
    {
        var path = Path.Combine(RepositoryRoot.Path, "README.md");
        var readme = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var parts = readme.Split("```console\n");
        Assert.True(parts.Length > 1, "the README has a transcript");
        for (var i = 1; i < parts.Length; i++)
        {
            var end = parts[i].IndexOf("```", StringComparison.Ordinal);
            parts[i] =
                await Transcript.ReplayAsync(parts[i][..end], lab.Internet, lab.Clock, TestContext.Current.CancellationToken)
                + parts[i][end..];
        }

        Golden.Equal(path, readme, string.Join("```console\n", parts));
    }
}
