namespace Postseal.Benchmarks.Policyd;

/// <summary>Everything measured so far, by what and by whom; a figure of the table is the median of its rounds.</summary>
internal sealed class Measurements
{
    private readonly Dictionary<(string What, string Who), List<LoadResult>> _loads = [];
    private readonly Dictionary<(string What, string Who), List<double>> _numbers = [];
    private readonly List<string> _faults = [];

    /// <summary>Answers that were wrong or missing, with where.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public LoadResult Add(string what, string who, LoadResult load)
    {
        Of(_loads, what, who).Add(load);
        if (load.Faults.Length > 0)
            _faults.Add($"{who}, {what}: {load.Faults}");
        return load;
    }

    public void Add(string what, string who, double number) => Of(_numbers, what, who).Add(number);

    public double? Number(string what, string who) => Median(_numbers, what, who, n => n);

    public double? Load(string what, string who, Func<LoadResult, double> figure) => Median(_loads, what, who, figure);

    private static List<T> Of<T>(Dictionary<(string, string), List<T>> all, string what, string who)
    {
        if (!all.TryGetValue((what, who), out var list))
            all[(what, who)] = list = [];
        return list;
    }

    private static double? Median<T>(
        Dictionary<(string, string), List<T>> all,
        string what,
        string who,
        Func<T, double> figure
    ) => all.TryGetValue((what, who), out var list) ? list.Select(figure).Order().ElementAt(list.Count / 2) : null;
}
