namespace Postseal.Resolver.Sts;

/// <summary>What things take in memory, near enough for a budget: objects measured once on 64 bits, texts by their length.</summary>
internal static class Weights
{
    // State, cached policy, use, the entry of the table, the domain's object.
    private const int State = 400;

    // A record view or a fetch view with what it points to.
    private const int View = 120;

    // The header of a string or an array.
    private const int Header = 24;

    /// <summary>A string.</summary>
    public static int Of(string? text) => text is null ? 0 : Header + (2 * text.Length);

    /// <summary>All that is remembered of a domain.</summary>
    public static int Of(StsState state)
    {
        var weight = State + Of(state.Domain.Value);
        if (state.Cached is { } cached)
            weight += Of(cached.Id) + Header + cached.Text.Length;

        if (state.Record is { } record)
            weight += View + Of(record.Id) + Of(record.Text);

        if (state.Fetch is { } fetch)
            weight += View + Of(fetch.Id) + Of(fetch.Detail);

        return weight;
    }
}
