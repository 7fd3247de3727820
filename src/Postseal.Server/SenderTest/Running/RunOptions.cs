namespace Postseal.Server.SenderTest.Running;

/// <summary>What a run from the command line was asked to do.</summary>
/// <param name="Via">The server under test.</param>
/// <param name="From">The envelope sender of every message.</param>
/// <param name="Login">Who the server under test wants us to be; null where it takes mail from anyone.</param>
/// <param name="Cases">Only these cases; empty for all. C0 and the control always belong to a run: no verdict stands without them.</param>
/// <param name="Wait">How long a stage may take, and how long after the last message is waited for what is still open.</param>
/// <param name="Program">Started in the environment of the lab and ended with the run; empty for none.</param>
internal sealed record RunOptions(
    Via Via,
    string From,
    Login? Login,
    IReadOnlyList<string> Cases,
    TimeSpan Wait,
    IReadOnlyList<string> Program
);

/// <summary>Name and password for a server that takes mail from its users only.</summary>
internal sealed record Login(string Name, string Password)
{
    /// <summary>Hides the password from logs.</summary>
    public override string ToString() => Name;
}
