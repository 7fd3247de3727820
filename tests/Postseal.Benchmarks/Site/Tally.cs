using System.Globalization;

namespace Postseal.Benchmarks.Site;

/// <summary>Answers counted by what they were, with the times of those that were a page.</summary>
internal sealed class Tally
{
    private readonly Lock _gate = new();
    private readonly List<double> _milliseconds = [];
    private readonly SortedDictionary<string, long> _wrong = new(StringComparer.Ordinal);
    private bool _isSorted;

    public long Ok => _milliseconds.Count;

    public long Refused { get; private set; }

    /// <summary>Neither 200, nor 429 with Retry-After; what they were instead, or empty.</summary>
    public string Wrong =>
        string.Join(", ", _wrong.Select(w => string.Create(CultureInfo.InvariantCulture, $"{w.Value} × {w.Key}")));

    public void Add(Answer answer)
    {
        lock (_gate)
        {
            if (answer.Status == 200)
                _milliseconds.Add(answer.Time.TotalMilliseconds);
            else if (answer is { Status: 429, HasRetryAfter: true })
                Refused++;
            else
            {
                var what = answer.Failure ?? answer.Status.ToString(CultureInfo.InvariantCulture);
                _wrong[what] = _wrong.GetValueOrDefault(what) + 1;
            }

            _isSorted = false;
        }
    }

    /// <summary>Such a share of the pages came at least as fast.</summary>
    public double Percentile(double share)
    {
        lock (_gate)
        {
            if (!_isSorted)
                _milliseconds.Sort();

            _isSorted = true;
            return _milliseconds.Count == 0 ? double.NaN : _milliseconds[(int)((_milliseconds.Count - 1) * share)];
        }
    }

    /// <summary>p50/p99/max of the pages.</summary>
    public string Times =>
        string.Create(CultureInfo.InvariantCulture, $"{Percentile(0.5):0.0}/{Percentile(0.99):0.0}/{Percentile(1):0.0}");

    /// <summary>All counts in words.</summary>
    public string Counts
    {
        get
        {
            var wrong = Wrong is { Length: > 0 } w ? $", **{w}**" : ", nothing else";
            return string.Create(CultureInfo.InvariantCulture, $"{Ok:#,0} × 200, {Refused:#,0} × 429{wrong}");
        }
    }
}
