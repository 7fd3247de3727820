using Postseal.Checks.Findings;

namespace Postseal.Cli.Output;

/// <summary>Colour on a terminal, nothing elsewhere. The text never depends on it: every level is also a word.</summary>
internal sealed class Ink(bool enabled)
{
    public string Bold(string text) => Paint("1", text);

    public string Dim(string text) => Paint("2", text);

    public string Level(Level level, string text) =>
        level switch
        {
            Checks.Findings.Level.Breaks => Paint("1;31", text),
            Checks.Findings.Level.Off => Paint("31", text),
            Checks.Findings.Level.Warn => Paint("33", text),
            Checks.Findings.Level.Unknown => Paint("35", text),
            Checks.Findings.Level.Info => Paint("36", text),
            _ => Paint("32", text),
        };

    private string Paint(string code, string text) => enabled ? $"\e[{code}m{text}\e[0m" : text;
}
