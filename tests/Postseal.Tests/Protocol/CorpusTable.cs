using System.Text;
using Xunit;

namespace Postseal.Tests.Protocol;

/// <summary>One table of test vectors (Corpus/README.md): rows by their first column.</summary>
internal sealed class CorpusTable
{
    private readonly Dictionary<string, Dictionary<string, string>> _rows = new(StringComparer.Ordinal);
    private readonly string _folder;

    private CorpusTable(string folder, string file)
    {
        _folder = Path.Combine(Root, folder);
        var lines = File.ReadAllText(Path.Combine(_folder, file), Encoding.UTF8).TrimEnd('\n').Split('\n');
        var columns = lines[0].Split('\t');
        foreach (var cells in lines.Skip(1).Select(l => l.Split('\t')))
        {
            Assert.True(columns.Length == cells.Length, $"{folder}/{file}: {cells[0]}");
            _rows.Add(cells[0], columns.Zip(cells).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal));
        }
    }

    /// <summary>The folder of the vectors.</summary>
    public static string Root { get; } = Path.Combine(AppContext.BaseDirectory, "Corpus");

    public static CorpusTable Load(string folder, string file = "expected.tsv") => new(folder, file);

    /// <summary>Names every row once, for a theory.</summary>
    public IEnumerable<TheoryDataRow<string>> Cases => _rows.Keys.Select(k => new TheoryDataRow<string>(k));

    /// <summary>The first column of every row.</summary>
    public IReadOnlyCollection<string> Keys => _rows.Keys;

    /// <summary>The cells of a row by column.</summary>
    public IReadOnlyDictionary<string, string> this[string key] => _rows[key];

    /// <summary>The input file of a row.</summary>
    public byte[] Input(string key) => File.ReadAllBytes(Path.Combine(_folder, key));
}
