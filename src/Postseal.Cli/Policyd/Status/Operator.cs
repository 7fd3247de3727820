using Postseal.Cli.Policyd.Answers;
using Postseal.Cli.Policyd.Store;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.Socketmap;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Sts;

namespace Postseal.Cli.Policyd.Status;

/// <summary>What an operator may ask of the running daemon about one domain.</summary>
internal sealed class Operator(
    Answerer answerer,
    AnswerTable table,
    AnswerSettings settings,
    PolicyResolver policies,
    RouteResolver routes,
    SqlitePolicyStore store,
    TimeProvider clock
)
{
    private const int ChangesShown = 20;
    private volatile bool _ready;

    /// <summary>The store is loaded and every listener is open, and the daemon is not stopping.</summary>
    public bool IsReady => _ready;

    /// <summary>Policies can be written to the store.</summary>
    public bool HasStore => store.IsWell;

    /// <summary>Turns readiness on and off.</summary>
    public void SetReady(bool ready) => _ready = ready;

    /// <summary>Answers as a mail server would be answered, and shows everything that led there.</summary>
    public async Task<ExplainDocument> ExplainAsync(Destination destination, CancellationToken ct)
    {
        var answer = await answerer.AnswerAsync(destination, ct);
        var now = clock.GetUtcNow();
        var exception = settings.Current.Overrides.Find(destination.Domain, now);
        var state = await policies.FindWholeAsync(destination.Domain, ct);
        // Decided anew from what is remembered: answers hold no more than their bytes, since there are many of them.
        var sts = DestinationResolver.Apply(exception, state?.Known(now) ?? new StsLookup.NotPublished());
        var route = routes.Find(destination);
        return Explanation.Of(
            destination,
            answer,
            state,
            route,
            DestinationRules.Decisions(destination, sts, route),
            exception,
            await store.ChangesAsync(destination.Domain, ChangesShown, ct),
            now
        );
    }

    /// <summary>Fetches the domain's policy now, back-off or not.</summary>
    public async Task<CommandDocument> RefreshAsync(Destination destination, CancellationToken ct)
    {
        table.Remove(destination);
        routes.Forget(destination);
        await policies.RefreshAsync(destination.Domain, byOperator: true, ct);
        var state = policies.Find(destination.Domain);
        var result = state switch
        {
            { Fetch: { Succeeded: true } } when state.Live(clock.GetUtcNow()) is { } live =>
                $"fetched: mode {live.Mode.ToWire()}, id {live.Id}, max_age {live.MaxAge}",
            { Fetch: { Succeeded: false } fetch } => $"the fetch failed: {fetch.Detail}",
            { Record: { NoPolicy: StsLookup.Unusable unusable } } =>
                $"nothing to fetch: the record is unusable ({unusable.Reason})",
            _ => "nothing to fetch: no record is published",
        };
        return new(destination.ToString(), state?.Fetch is { Succeeded: true }, result);
    }

    /// <summary>Forgets all about the domain; the next question looks it up anew.</summary>
    public async Task<CommandDocument> ForgetAsync(Destination destination, CancellationToken ct)
    {
        var known = await policies.ForgetAsync(destination.Domain, ct);
        table.Remove(destination);
        routes.Forget(destination);
        return new(destination.ToString(), known, known ? "forgotten" : "nothing was known");
    }
}
