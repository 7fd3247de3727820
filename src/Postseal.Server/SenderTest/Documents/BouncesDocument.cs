using System.ComponentModel;
using Postseal.Protocol;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Tests;

namespace Postseal.Server.SenderTest.Documents;

/// <summary>What was found in a bounce that somebody brought.</summary>
public sealed record BouncesDocument([property: Description("One per recipient of the test.")] IReadOnlyList<BouncePart> Bounces)
{
    internal static BouncesDocument Of(IEnumerable<(SenderCase Case, Bounce Bounce)> found) =>
        new([.. found.Select(f => BouncePart.Of(f.Case, f.Bounce))]);
}

/// <summary>What a bounce says about one message.</summary>
public sealed record BouncePart(
    [property: Description("The case.")] string Id,
    [property: Description("The recipient.")] string Address,
    [property: Description("failed, delayed … (RFC 3464 §2.3.3); null where it is not said.")] string? Action,
    [property: Description("The enhanced status code (RFC 3463); null where there is none.")] string? Status,
    [property: Description("The reason in the words of the server.")] string Text
)
{
    internal static BouncePart Of(SenderCase one, Bounce bounce) =>
        new(
            one.Id,
            bounce.Address.ToString(),
            bounce.Action is { } action ? PrintableText.Of(action, TestLimits.Text) : null,
            bounce.Status,
            PrintableText.Of(bounce.Text, TestLimits.Text)
        );
}
