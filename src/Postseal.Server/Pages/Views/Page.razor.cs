namespace Postseal.Server.Pages.Views;

/// <summary>The frame of every page: head, navigation, footer.</summary>
public sealed partial class Page
{
    /// <summary>Licence, and where the program comes from.</summary>
    internal const string Source = "/about#source";

    private static readonly IReadOnlyList<(string Path, string Text)> Links =
    [
        ("/learn", "Learn"),
        ("/findings", "Findings"),
        ("/api", "API"),
        ("/about", "About"),
    ];

    private IEnumerable<(string Path, string Text)> Menu =>
        Model.Site.HasSenderTest ? [("/sender-test", "Test a sender"), .. Links] : Links;

    private string Title => Model.Here == "/" ? Model.Title : $"{Model.Title} – {Model.Site.Name}";
}
