namespace Postseal.Resolver.Sts;

/// <summary>What an operator should hear of the policy cache.</summary>
public abstract record PolicyNotice
{
    private PolicyNotice() { }

    /// <summary>A policy came, went or changed. It stands in the journal too.</summary>
    public sealed record Changed(PolicyChange Change) : PolicyNotice;

    /// <summary>A live policy could not be refreshed (RFC 8461 §3.3; not said of mode <c>none</c>).</summary>
    /// <param name="Policy">The policy that still applies.</param>
    /// <param name="Reason">Code of the failure.</param>
    /// <param name="Detail">One sentence for people; may quote the peer.</param>
    /// <param name="IsUrgent">It ends within <see cref="Refresher.AlertHorizon"/>.</param>
    public sealed record NotRefreshed(CachedPolicy Policy, string Reason, string Detail, bool IsUrgent) : PolicyNotice;
}
