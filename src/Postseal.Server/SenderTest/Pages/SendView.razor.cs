using System.Globalization;
using Postseal.Server.Pages;
using Postseal.Server.SenderTest.Tests;

namespace Postseal.Server.SenderTest.Pages;

/// <summary>What the visitor has to do now: the addresses of the round, how to write to them, and when to go on.</summary>
public sealed partial class SendView
{
    private TestReport Report => Model.Report;

    private int Addresses => Report.Addresses.Count();

    private string Instruction =>
        Report.Round == 1
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Have the system that you test write to {(Addresses == 1 ? "this address" : $"these {Addresses} addresses")}, as it writes to customers: one message to each, or one to all. What is in it does not matter. Use no other system: what that one does would count, too."
            )
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Have the same system write once more, to {(Addresses == 1 ? "this address. It is not that" : $"these {Addresses} addresses. They are not those")} of the message before."
            );

    private string? Wait =>
        Report.SendAt <= Model.Now
            ? null
            : $"Let it send after {Times.Clock(Report.SendAt)}, not before: what a sender has just looked up it may take for true a while.";

    private string Progress =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Of this message, the sender has come for {Report.Reached} of {CountOf(Addresses)} so far."
        );

    /// <summary>How many addresses, in words.</summary>
    internal static string CountOf(int addresses) =>
        addresses == 1 ? "1 address" : string.Create(CultureInfo.InvariantCulture, $"{addresses} addresses");

    private string Mailto =>
        $"mailto:{string.Join(',', Report.Addresses)}?subject={Uri.EscapeDataString("Sender test")}&body={Uri.EscapeDataString("Please ignore.")}";
}
