namespace Postseal.Server.Configuration;

/// <summary>A text that nothing prints by accident.</summary>
public sealed class Secret(string value)
{
    /// <summary>The text itself.</summary>
    public string Reveal() => value;

    /// <summary>Not the text.</summary>
    public override string ToString() => "(secret)";
}
