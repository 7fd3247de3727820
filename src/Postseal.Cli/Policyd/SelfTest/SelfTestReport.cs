using Postseal.Checks.Findings;
using Postseal.Cli.Output;

namespace Postseal.Cli.Policyd.SelfTest;

/// <summary>The self-test for a postmaster: what to change first, then what could not be told, what is worth knowing, and what is fine.</summary>
internal static class SelfTestReport
{
    private const int Gutter = 10; // the widest level and two blanks, behind two blanks of margin

    public static void Write(IReadOnlyList<SelfTestFinding> findings, Terminal terminal)
    {
        var ink = new Ink(terminal.Colour);
        terminal.Out.WriteLine(ink.Bold(Summary(findings)));
        foreach (var finding in findings.Where(f => f.Level != SelfTestLevel.Ok).OrderByDescending(f => Weight(f.Level)))
        {
            terminal.Out.WriteLine();
            WriteFinding(finding, ink, terminal);
        }

        if (findings.Any(f => f.Level == SelfTestLevel.Ok))
            terminal.Out.WriteLine();

        foreach (var finding in findings.Where(f => f.Level == SelfTestLevel.Ok))
            WriteFinding(finding, ink, terminal);
    }

    private static string Summary(IReadOnlyList<SelfTestFinding> findings)
    {
        var changes = findings.Count(f => f.Level == SelfTestLevel.Change);
        var unknown = findings.Count(f => f.Level == SelfTestLevel.Unknown);
        return (changes, unknown) switch
        {
            (0, 0) => "Nothing to change.",
            (0, _) => $"Nothing to change was found; {Count(unknown)} could not be told.",
            (_, 0) => $"{Count(changes)} to change.",
            _ => $"{Count(changes)} to change; {Count(unknown)} could not be told.",
        };
    }

    private static string Count(int n) => n == 1 ? "1 thing" : $"{n} things";

    private static void WriteFinding(SelfTestFinding finding, Ink ink, Terminal terminal)
    {
        var (word, level) = finding.Level switch
        {
            SelfTestLevel.Change => ("CHANGE", Level.Breaks),
            SelfTestLevel.Unknown => ("UNKNOWN", Level.Unknown),
            SelfTestLevel.Note => ("NOTE", Level.Info),
            _ => ("ok", Level.Ok),
        };
        foreach (var (i, line) in Wrap.Lines(finding.Sentence, terminal.Width - Gutter - 2).Index())
        {
            var head = i == 0 ? $"{ink.Level(level, word)}{new string(' ', Gutter - word.Length)}" : new string(' ', Gutter);
            terminal.Out.WriteLine($"  {head}{line}");
        }

        if (finding.Remedy is not { } remedy)
            return;

        var margin = new string(' ', Gutter + 2);
        foreach (var (i, line) in Wrap.Lines(remedy.Sentence, terminal.Width - Gutter - 7).Index())
            terminal.Out.WriteLine($"{margin}{(i == 0 ? "Fix: " : "     ")}{line}");

        // Not wrapped: these are there to be copied.
        foreach (var command in remedy.Commands)
            terminal.Out.WriteLine($"{margin}     {command}");
    }

    private static int Weight(SelfTestLevel level) => (int)level;
}
