using System.Globalization;
using Postseal.Server.Pages;

namespace Postseal.Server.SenderTest.Pages;

/// <summary>Asks once more before something that cannot be taken back.</summary>
public sealed partial class ConfirmView;

/// <summary>What is asked.</summary>
/// <param name="Title">The question.</param>
/// <param name="Lead">Why it is asked.</param>
/// <param name="Consequences">What will happen.</param>
/// <param name="Action">Where the form goes.</param>
/// <param name="Fields">What the form sends.</param>
/// <param name="Button">What the button says.</param>
/// <param name="Back">The page of the test.</param>
public sealed record ConfirmModel(
    string Title,
    string Lead,
    IReadOnlyList<string> Consequences,
    string Action,
    IReadOnlyList<(string Name, string Value)> Fields,
    string Button,
    string Back
)
{
    /// <summary>The field that says that it has been asked.</summary>
    public const string Sure = "sure";

    /// <summary>Its value.</summary>
    public const string Yes = "yes";

    /// <summary>Before the next message, while this one is not through.</summary>
    internal static ConfirmModel Next(TestViewModel model)
    {
        var (report, path) = (model.Report, TestPages.PathOf(model.Key));
        var (now, next) = (report.Round, (report.Round + 1).ToString(CultureInfo.InvariantCulture));
        return new(
            $"Go on to message {next} now?",
            report.SendAt > model.Now
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"Message {now} was to be sent after {Times.Clock(report.SendAt)}, and it is not yet that late."
                )
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"Of message {now}, the sender has come for {report.Reached} of {SendView.CountOf(report.Addresses.Count())} so far."
                ),
            [
                "Some domains change at once and for good. Nobody can turn them back.",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Where message {now} has not been sent by then, it comes too late, and the case may stay without a verdict."
                ),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The page shows the addresses of message {next}. Those of message {now} stay there, folded, and go on taking mail."
                ),
            ],
            $"{path}/next",
            [("round", next), (Sure, Yes)],
            $"Yes, go on to message {next}",
            path
        );
    }

    /// <summary>Before a test is deleted.</summary>
    internal static ConfirmModel Delete(string key) =>
        new(
            "Delete this test?",
            "It cannot be brought back.",
            [
                "The page, all verdicts and all that was seen are deleted, now and for good.",
                "The addresses of the test take no mail any more.",
                "What another open test with the same sender saw stays there.",
            ],
            $"{TestPages.PathOf(key)}/delete",
            [],
            "Yes, delete it",
            TestPages.PathOf(key)
        );
}
