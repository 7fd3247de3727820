using Postseal.Checks;
using Postseal.Checks.Findings;
using Postseal.Checks.Json;
using Postseal.Checks.Verdicts;
using Postseal.Protocol;

namespace Postseal.Cli.Output;

/// <summary>The report a postmaster reads: verdict first, problems with their remedy, then what could not be tested, what is worth knowing, and what is fine.</summary>
internal static class CheckReport
{
    private const int Gutter = 10; // the widest level and two blanks, behind two blanks of margin
    private const int MaxText = 2000; // of one text in a report: longer ones are hostile

    public static void Write(CheckResult result, bool verbose, Terminal terminal)
    {
        var ink = new Ink(terminal.Colour);
        WriteVerdict(result, ink, terminal);
        foreach (var level in (Level[])[Level.Breaks, Level.Off, Level.Warn, Level.Unknown, Level.Info])
        {
            foreach (var finding in result.Findings.Where(f => f.Level == level))
                WriteFinding(finding, result.Facts.Domain, verbose, ink, terminal);
        }

        WriteFine(result, verbose, ink, terminal);
        if (verbose)
            EvidenceReport.Write(result, ink, terminal);
    }

    public static void WriteOverview(IReadOnlyList<CheckResult> results, Terminal terminal)
    {
        var width = results.Max(r => r.Facts.Domain.Value.Length);
        terminal.Out.WriteLine();
        terminal.Out.WriteLine($"{"DOMAIN".PadRight(width)}  MAIL     PROTECTION");
        foreach (var result in results)
        {
            var (domain, verdict) = (result.Facts.Domain.Value.PadRight(width), result.Verdict);
            terminal.Out.WriteLine(
                $"{domain}  {CheckDocuments.Wire(verdict.Mail), -7}  {CheckDocuments.Wire(verdict.Protection)}"
            );
        }
    }

    private static void WriteVerdict(CheckResult result, Ink ink, Terminal terminal)
    {
        var (facts, verdict) = (result.Facts, result.Verdict);
        var unicode = facts.Domain.ToUnicode();
        var name = unicode == facts.Domain.Value ? unicode : $"{unicode} ({facts.Domain})";
        terminal.Out.WriteLine(ink.Bold(name));
        terminal.Out.WriteLine();
        WriteAnswer(
            "Will mail be refused?",
            ink.Level(LevelOf(verdict.Mail), Word(verdict.Mail)),
            VerdictText.Mail(facts, verdict.Mail)
        );
        WriteAnswer(
            "Is mail protected?",
            ink.Level(LevelOf(verdict.Protection), Word(verdict.Protection)),
            VerdictText.Protection(facts, verdict.Protection)
        );

        void WriteAnswer(string question, string word, string answer)
        {
            terminal.Out.WriteLine($"  {question, -22} {word}");
            foreach (var line in Wrap.Lines(answer, terminal.Width - 4))
                terminal.Out.WriteLine($"    {line}");
        }
    }

    private static void WriteFinding(Finding finding, DomainName domain, bool verbose, Ink ink, Terminal terminal)
    {
        var head = CheckDocuments.Wire(finding.Level).ToUpperInvariant();
        terminal.Out.WriteLine();
        var lines = Wrap.Lines(Safe(Text(finding, domain)), terminal.Width - Gutter - 2).ToArray();
        terminal.Out.WriteLine($"  {ink.Level(finding.Level, head)}{new string(' ', Gutter - head.Length)}{lines[0]}");
        foreach (var line in lines.Skip(1))
            WriteIndented(line, terminal);

        if (finding.Remedy is { } remedy)
        {
            foreach (var (i, line) in Lines(SafeLines(remedy), terminal.Width - Gutter - 7).Index())
                WriteIndented((i == 0 ? "Fix: " : "     ") + line, terminal);
        }

        if (verbose)
        {
            foreach (var (name, value) in finding.Evidence)
                WriteIndented(ink.Dim($"{name}: {Safe(value)}"), terminal);
        }

        WriteIndented(ink.Dim(finding.Rfc is null ? finding.Id : $"{finding.Id} · RFC {finding.Rfc}"), terminal);
    }

    private static void WriteFine(CheckResult result, bool verbose, Ink ink, Terminal terminal)
    {
        var fine = result.Findings.Where(f => f.Level == Level.Ok).ToArray();
        if (fine.Length == 0)
            return;

        terminal.Out.WriteLine();
        foreach (var finding in fine)
        {
            var text = Text(finding, result.Facts.Domain);
            var line = verbose ? $"{Safe(text)} ({finding.Id})" : Wrap.Fold(Safe(text), terminal.Width - Gutter - 2);
            terminal.Out.WriteLine($"  {ink.Level(Level.Ok, "ok")}{new string(' ', Gutter - 2)}{line}");
        }
    }

    /// <summary>The subject goes in front unless the sentence names it, or it is the domain that the whole report is about.</summary>
    private static string Text(Finding finding, DomainName domain) =>
        finding.Subject == domain.Value || finding.Summary.Contains(finding.Subject, StringComparison.Ordinal)
            ? finding.Summary
            : $"{finding.Subject}: {finding.Summary}";

    private static void WriteIndented(string line, Terminal terminal) =>
        terminal.Out.WriteLine(new string(' ', Gutter + 2) + line);

    private static string Safe(string text) => PrintableText.Of(text, MaxText);

    /// <summary>Sentences are wrapped. What stands on a line of its own is there to be copied, and is not.</summary>
    private static IEnumerable<string> Lines(string remedy, int width) =>
        remedy
            .Split('\n')
            .SelectMany((line, i) => i > 0 && !line.EndsWith('.') && !line.EndsWith(':') ? [line] : Wrap.Lines(line, width));

    /// <summary>A remedy's own line breaks separate lines to copy.</summary>
    private static string SafeLines(string text) => string.Join('\n', text.Split('\n').Select(Safe));

    private static string Word(MailVerdict verdict) =>
        verdict switch
        {
            MailVerdict.Ok => "NO",
            MailVerdict.AtRisk => "AT RISK",
            MailVerdict.Breaks => "YES",
            _ => "UNKNOWN",
        };

    private static string Word(ProtectionVerdict verdict) =>
        verdict switch
        {
            ProtectionVerdict.Enforced => "YES",
            ProtectionVerdict.Testing => "TESTING",
            ProtectionVerdict.Off => "OFF",
            ProtectionVerdict.None => "NO",
            _ => "UNKNOWN",
        };

    private static Level LevelOf(MailVerdict verdict) =>
        verdict switch
        {
            MailVerdict.Ok => Level.Ok,
            MailVerdict.AtRisk => Level.Warn,
            MailVerdict.Breaks => Level.Breaks,
            _ => Level.Unknown,
        };

    private static Level LevelOf(ProtectionVerdict verdict) =>
        verdict switch
        {
            ProtectionVerdict.Enforced => Level.Ok,
            ProtectionVerdict.Testing => Level.Warn,
            ProtectionVerdict.Off => Level.Off,
            ProtectionVerdict.None => Level.Info,
            _ => Level.Unknown,
        };
}
