namespace Postseal.Cli.Policyd.SelfTest;

/// <summary>One result of the self-test.</summary>
/// <param name="Id">Stable name for scripts.</param>
/// <param name="Sentence">What was found.</param>
/// <param name="Remedy">What to do about it, or null.</param>
internal sealed record SelfTestFinding(string Id, SelfTestLevel Level, string Sentence, Remedy? Remedy = null)
{
    public static SelfTestFinding Ok(string id, string sentence) => new(id, SelfTestLevel.Ok, sentence);

    public static SelfTestFinding Note(string id, string sentence, Remedy? remedy = null) =>
        new(id, SelfTestLevel.Note, sentence, remedy);

    public static SelfTestFinding Unknown(string id, string sentence, Remedy? remedy = null) =>
        new(id, SelfTestLevel.Unknown, sentence, remedy);

    public static SelfTestFinding Change(string id, string sentence, Remedy remedy) =>
        new(id, SelfTestLevel.Change, sentence, remedy);
}

/// <summary>How a finding weighs.</summary>
internal enum SelfTestLevel
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Worth knowing; nothing has to be done.</summary>
    Note,

    /// <summary>Could not be told.</summary>
    Unknown,

    /// <summary>Has to be changed.</summary>
    Change,
}

/// <summary>What to do: a sentence, and lines that can be copied as they are.</summary>
internal sealed record Remedy(string Sentence, params IReadOnlyList<string> Commands);
