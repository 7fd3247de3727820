using System.CommandLine;
using System.Text;
using System.Text.Json;
using Postseal.Checks.Json;
using Postseal.Checks.Lint;
using Postseal.Cli.Output;
using Postseal.Protocol;

namespace Postseal.Cli.Commands;

/// <summary><c>postseal policy lint FILE|-</c>: is this text a policy, and if not, where is the fault?</summary>
internal static class PolicyLintCommand
{
    private const int Context = 60; // characters of the faulty line shown around the fault

    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "Policy file, or - for standard input" };
        var json = new Option<bool>("--json") { Description = "Machine output on stdout, nothing else there" };
        var command = new Command("lint", "Check a policy text") { file, json };
        command.SetAction((parsed, ct) => RunAsync(parsed.GetValue(file) ?? "-", parsed.GetValue(json), terminal, ct));
        return command;
    }

    private static async Task<int> RunAsync(string file, bool json, Terminal terminal, CancellationToken ct)
    {
        byte[] text;
        try
        {
            await using var stream = file == "-" ? terminal.In : File.OpenRead(file);
            text = await ReadAsync(stream, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            var reason = e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message;
            return App.UsageError(terminal, [$"cannot read '{file}': {reason}"]);
        }

        var document = PolicyLint.Inspect(text);
        if (json)
            await terminal.Out.WriteLineAsync(JsonSerializer.Serialize(document, JsonContext.Default.LintDocument));
        else
            WriteText(file, text, document, terminal);

        return document.Valid ? ExitCode.Fine : ExitCode.Wrong;
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken ct)
    {
        var buffer = new byte[PolicyLint.MaxBytes + 1]; // one more, to see that there is more
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return buffer[..length];
    }

    private static void WriteText(string file, byte[] text, LintDocument document, Terminal terminal)
    {
        var ink = new Ink(terminal.Colour);
        var name = file == "-" ? "standard input" : PrintableText.Of(file, 200);
        if (document.Error is { } error)
        {
            terminal.Out.WriteLine(
                $"{name}:{error.Line}:{error.Column}: {ink.Level(Checks.Findings.Level.Breaks, "invalid")}: {error.Message} ({error.Code})"
            );
            WriteFaultyLine(text, error, terminal);
        }

        foreach (var remark in document.Remarks)
        {
            var what = remark.Text.Length > 0 ? $" ({PrintableText.Of(remark.Text, 80)})" : "";
            terminal.Out.WriteLine($"{name}:{remark.Line}: note: {PolicyErrorText.Remark(remark.Code)}{what}");
        }

        if (document.Policy is { } policy)
        {
            var mx = policy.Mx!.Count == 0 ? "no mx" : string.Join(", ", policy.Mx);
            terminal.Out.WriteLine($"{name}: valid: mode {policy.Mode}, max_age {policy.MaxAge} s, mx: {mx}");
        }
    }

    private static void WriteFaultyLine(byte[] text, LintError error, Terminal terminal)
    {
        var line = Encoding.UTF8.GetString(text).Split('\n').ElementAtOrDefault(error.Line - 1)?.TrimEnd('\r');
        if (string.IsNullOrEmpty(line))
            return;

        var start = Math.Max(0, error.Column - 1 - Context);
        var before = PrintableText.Of(line[Math.Min(start, line.Length)..Math.Min(error.Column - 1, line.Length)], 4 * Context);
        var after = PrintableText.Of(line[Math.Min(error.Column - 1, line.Length)..], Context);
        terminal.Out.WriteLine($"  {before}{after}");
        terminal.Out.WriteLine($"  {new string(' ', before.Length)}^");
    }
}
