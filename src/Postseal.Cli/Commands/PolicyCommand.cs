using System.CommandLine;
using Postseal.Cli.Output;

namespace Postseal.Cli.Commands;

/// <summary><c>postseal policy</c>: write and check policy texts.</summary>
internal static class PolicyCommand
{
    public static Command Create(Terminal terminal, TimeProvider clock) =>
        new("policy", "Write and check policy texts")
        {
            PolicyLintCommand.Create(terminal),
            PolicyNewCommand.Create(terminal, clock),
        };
}
