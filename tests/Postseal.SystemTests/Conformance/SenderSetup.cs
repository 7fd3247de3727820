using Postseal.SystemTests.Sending;

namespace Postseal.SystemTests.Conformance;

/// <summary>A mail server as its operator would set it up, and how the lab brings it up: data, no behaviour.</summary>
/// <param name="Name">Its column in docs/conformance.md.</param>
/// <param name="Root">The Debian it comes from; null for this machine's own.</param>
/// <param name="Port">Where it takes mail, on 127.0.0.1.</param>
/// <param name="Files">Its files by name, in its folder; <c>@DIR@</c> stands for that folder as the server sees it.</param>
/// <param name="Script">
/// Shell that starts it in the background as <c>$server</c>, and what it needs besides as <c>$helper</c>. <c>$FOLDER</c> is its folder,
/// <c>$DIR</c> the same as the server sees it, <c>$ROOT</c> its Debian; <c>$RUN</c> stands before each program of that.
/// </param>
/// <param name="Version">A command that prints its version.</param>
public sealed record SenderSetup(
    string Name,
    DebianRoot? Root,
    int Port,
    IReadOnlyList<(string File, string Text)> Files,
    string Script,
    IReadOnlyList<string> Version
)
{
    /// <summary>Options of <c>sender-test</c> that it needs besides.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>What its folder needs before; shell, as in <see cref="Script"/>.</summary>
    public string Before { get; init; } = "";
}
