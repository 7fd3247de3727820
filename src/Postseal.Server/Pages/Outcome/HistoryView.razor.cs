using System.Globalization;
using Postseal.Protocol.MtaSts;

namespace Postseal.Server.Pages.Outcome;

/// <summary>What earlier checks showed.</summary>
public sealed partial class HistoryView
{
    // The latest come first; a domain that changes more often is read by a program.
    private const int MaxRows = 50;

    /// <summary>How long the policy has been in testing mode, from the first publication in a row that was.</summary>
    private string? Testing
    {
        get
        {
            var row = Model.Publications.TakeWhile(p => p.Mode == StsMode.Testing).ToArray();
            if (row.Length == 0)
                return null;

            var days = (int)(Model.LastChecked - row[^1].FirstSeen).TotalDays;
            return days < 1
                ? "The policy has been in testing mode since the first check of it."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"The policy has been in testing mode for {days} {(days == 1 ? "day" : "days")} at least."
                );
        }
    }
}
