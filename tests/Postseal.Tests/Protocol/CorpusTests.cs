using System.Reflection;
using Postseal.Tests.Protocol.MtaSts;
using Postseal.Tests.Protocol.TlsRpt;
using Xunit;

namespace Postseal.Tests.Protocol;

/// <summary>The corpus as a publication: complete, and honest about which requirements it covers.</summary>
public sealed class CorpusTests
{
    public static TheoryData<string, Type> Folders =>
        new()
        {
            { "sts-record", typeof(StsRecordTests) },
            { "sts-selection", typeof(StsRecordSelectionTests) },
            { "sts-policy", typeof(StsPolicyTests) },
            { "tlsrpt-record", typeof(TlsRptRecordTests) },
            { "tlsrpt-selection", typeof(TlsRptRecordSelectionTests) },
        };

    [Theory]
    [MemberData(nameof(Folders))]
    public void Every_file_has_one_row_and_lies_where_its_outcome_says(string folder, Type tests)
    {
        Assert.NotNull(tests);
        var root = Path.Combine(CorpusTable.Root, folder);
        var table = CorpusTable.Load(folder);
        var files = Directory.GetFiles(root, "*.txt", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(root, f));
        Assert.Equal(table.Keys.Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
        Assert.All(table.Keys.Where(k => k.Contains('/')), k => Assert.Equal(table[k]["error"] != "", k.StartsWith("bad/")));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Every_requirement_a_vector_names_is_a_trait_of_the_test_that_runs_it(string folder, Type tests)
    {
        var table = CorpusTable.Load(folder);
        var named = table.Keys.SelectMany(k => table[k]["rfc"].Split(' ')).Distinct();
        var traits = tests.GetMethods().SelectMany(m => m.GetCustomAttributes<TraitAttribute>()).Select(t => t.Value);
        Assert.Empty(named.Except(traits));
    }
}
