namespace Postseal.Server.Hosting;

/// <summary>What is made anew for a request, counted against the budget of its client, in bytes of text that was made. What is kept costs nothing.</summary>
internal static class PageWork
{
    // Reading one observation and judging by it takes some 20 µs, as long as making so much of a page.
    private const int BytesOfObservation = 20;

    /// <summary>A page or a document.</summary>
    /// <param name="context">The request.</param>
    /// <param name="characters">Its length.</param>
    public static void Count(HttpContext context, long characters) =>
        context.RequestServices.GetRequiredService<ClientBudget>().Charge(context, characters);

    /// <summary>A reading of a sender test.</summary>
    /// <param name="context">The request.</param>
    /// <param name="observations">How many there are.</param>
    public static void CountReading(HttpContext context, int observations) =>
        Count(context, (long)observations * BytesOfObservation);
}
