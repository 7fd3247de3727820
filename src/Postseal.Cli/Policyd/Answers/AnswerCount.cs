namespace Postseal.Cli.Policyd.Answers;

/// <summary>How often one kind of answer was given, by one cause.</summary>
/// <param name="Reply">Metric label: <c>secure</c>, <c>dane</c>, <c>dane-only</c>, <c>notfound</c>, <c>temp</c>, <c>perm</c>.</param>
/// <param name="Cause">Metric label, as in <see cref="Postseal.Resolver.Decisions.DestinationPolicy.Cause"/>.</param>
internal sealed record AnswerCount(string Reply, string Cause)
{
    private long _value;

    /// <summary>So many.</summary>
    public long Value => Volatile.Read(ref _value);

    /// <summary>One more.</summary>
    public void Add() => Interlocked.Increment(ref _value);
}
