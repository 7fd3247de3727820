using System.Diagnostics.CodeAnalysis;
using Postseal.Protocol;
using Postseal.Server.Hosting;

namespace Postseal.Server.Lookups;

/// <summary>How a visitor gets at a check: a recent result is free, a new check takes from the visitor's budget.</summary>
public sealed class LookupDoor(LookupDesk desk, ClientBudget budget)
{
    // A check takes about a second; with a full queue a place is free soon.
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);

    /// <summary>Finds or starts the check of a domain.</summary>
    /// <param name="context">Who asks.</param>
    /// <param name="domain">What to check.</param>
    /// <param name="anew">Ask for a new check although there is a recent one.</param>
    /// <param name="lookup">The check.</param>
    /// <param name="refusal">Why there is none.</param>
    public bool TryAsk(
        HttpContext context,
        DomainName domain,
        bool anew,
        [NotNullWhen(true)] out Lookup? lookup,
        [NotNullWhen(false)] out Refusal? refusal
    )
    {
        refusal = null;
        lookup = desk.Find(domain, anew);
        if (lookup is not null)
            return true;

        // In this order: a full queue costs nobody anything.
        var client = ClientKey.Of(context.Connection.RemoteIpAddress);
        if (!desk.HasRoom)
            refusal = new(Scarce.Queue, Wait);
        else if (!budget.TryHold(client))
            refusal = new(Scarce.AtATime, Wait);

        if (refusal is not null)
            return false;

        if (budget.TryTake(context, out refusal))
        {
            lookup = desk.Ask(domain, anew, client);
            refusal = lookup is null ? new(Scarce.Queue, Wait) : null;
        }

        _ = ReleaseAsync(client, lookup, CancellationToken.None);
        return lookup is not null;
    }

    // The check goes on when its visitor leaves, and so does what it takes from them.
    private async Task ReleaseAsync(ClientKey client, Lookup? lookup, CancellationToken ct)
    {
        if (lookup is not null)
            await ((Task)lookup.ResultAsync(ct)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        budget.Release(client);
    }
}
