using System.Globalization;

namespace Postseal.Server.Pages.Outcome;

/// <summary>One certificate.</summary>
public sealed partial class CertificateView
{
    // Shared servers have hundreds of names; the JSON has some more.
    private const int MaxNames = 20;

    private string Names
    {
        get
        {
            if (Model.San.Count == 0)
                return "none";

            var shown = string.Join(", ", Model.San.Take(MaxNames).Select(Html.Safe));
            return Model.SanCount <= MaxNames
                ? shown
                : string.Create(CultureInfo.InvariantCulture, $"{shown} and {Model.SanCount - MaxNames} more");
        }
    }
}
