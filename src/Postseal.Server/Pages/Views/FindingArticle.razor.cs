namespace Postseal.Server.Pages.Views;

/// <summary>The page of one finding: the text of docs/findings.</summary>
public sealed partial class FindingArticle
{
    private RfcLink Rfc => RfcLink.Of(Model.Kind.Rfc);
}
