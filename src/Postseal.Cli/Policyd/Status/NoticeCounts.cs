using Microsoft.Extensions.Logging;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Sts;

namespace Postseal.Cli.Policyd.Status;

/// <summary>Counts what happens in the policy cache and puts it in the log: one line and one counter for each.</summary>
internal sealed class NoticeCounts(ILogger log)
{
    private const int MaxDetail = 500; // a line of a log

    private readonly long[] _changes = new long[Enum.GetValues<ChangeCause>().Length];
    private long _downgrades;
    private long _refreshWarnings;

    /// <summary>Enforced policies that became anything weaker.</summary>
    public long Downgrades => Volatile.Read(ref _downgrades);

    /// <summary>Warnings about policies that cannot be refreshed.</summary>
    public long RefreshWarnings => Volatile.Read(ref _refreshWarnings);

    /// <summary>Changes by one cause.</summary>
    public long Changes(ChangeCause cause) => Volatile.Read(ref _changes[(int)cause]);

    /// <summary>Takes a notice.</summary>
    public void Take(PolicyNotice notice)
    {
        switch (notice)
        {
            case PolicyNotice.Changed { Change: var change }:
                Take(change);
                break;
            case PolicyNotice.NotRefreshed failed:
                Interlocked.Increment(ref _refreshWarnings);
                var detail = PrintableText.Of(failed.Detail, MaxDetail);
                if (failed.IsUrgent)
                    PolicydLog.Endangered(log, failed.Policy.Domain.Value, failed.Policy.ExpiresAt, failed.Reason, detail);
                else
                    PolicydLog.NotRefreshed(log, failed.Policy.Domain.Value, failed.Policy.ExpiresAt, failed.Reason, detail);

                break;
        }
    }

    private void Take(PolicyChange change)
    {
        Interlocked.Increment(ref _changes[(int)change.Cause]);
        var (from, to) = (change.From?.ToWire() ?? "no-policy", change.To?.ToWire() ?? "no-policy");
        var detail = PrintableText.Of(change.Detail, MaxDetail);
        if (change.IsDowngrade)
        {
            Interlocked.Increment(ref _downgrades);
            PolicydLog.Downgraded(log, change.Domain.Value, from, to, change.Cause.ToWire(), detail);
        }
        else
            PolicydLog.Changed(log, change.Domain.Value, from, to, change.Cause.ToWire(), detail);
    }
}
