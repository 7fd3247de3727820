using System.Text;

namespace Postseal.Cli.Output;

/// <summary>Where a run reads and writes, and what it may assume of the other side. Tests pass their own.</summary>
public sealed record Terminal
{
    /// <summary>Columns of text when nobody looks, so that transcripts do not depend on a window.</summary>
    public const int DefaultWidth = 80;

    private const int MinWidth = 40; // narrower than a phone: wrapping would do more harm than good
    private const int MaxWidth = 100; // longer lines are hard to read

    /// <summary>Standard input.</summary>
    public required Stream In { get; init; }

    /// <summary>Results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Progress and diagnostics.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>The environment.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Standard output is a terminal, and colour is welcome there.</summary>
    public bool Colour { get; init; }

    /// <summary>Standard error is a terminal: progress may be drawn and wiped.</summary>
    public bool Progress { get; init; }

    /// <summary>Columns to wrap text at.</summary>
    public int Width { get; init; } = DefaultWidth;

    /// <summary>The process's own streams.</summary>
    public static Terminal Real()
    {
        var (toTerminal, dumb) = (!Console.IsOutputRedirected, Environment.GetEnvironmentVariable("TERM") is null or "dumb");
        return new()
        {
            In = Console.OpenStandardInput(),
            Out = Writer(Console.OpenStandardOutput()),
            Error = Writer(Console.OpenStandardError()),
            Variable = Environment.GetEnvironmentVariable,
            // no-color.org: any non-empty value switches colour off.
            Colour = toTerminal && !dumb && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            Progress = !Console.IsErrorRedirected && !dumb,
            Width = toTerminal ? Math.Clamp(WindowWidth(), MinWidth, MaxWidth) : DefaultWidth,
        };
    }

    private static StreamWriter Writer(Stream stream) => new(stream, new UTF8Encoding(false)) { AutoFlush = true };

    private static int WindowWidth()
    {
        try
        {
            return Console.WindowWidth;
        }
        catch (IOException)
        {
            return DefaultWidth;
        }
    }
}
