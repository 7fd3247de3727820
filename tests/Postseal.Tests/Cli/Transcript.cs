using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Postseal.Cli;
using Postseal.Cli.Output;
using Postseal.Lab;
using Xunit;

namespace Postseal.Tests.Cli;

/// <summary>
/// One file of commands and what they print: <c>$ postseal …</c>, the output, <c>! line</c> for standard error, <c>? N</c> for the exit code.
/// <c>$ cat &lt;&lt;TEXT | postseal …</c> feeds the lines up to TEXT as standard input.
/// </summary>
internal static class Transcript
{
    public static async Task<string> ReplayAsync(string transcript, LabInternet lab, FakeTimeProvider clock, CancellationToken ct)
    {
        var replayed = new StringBuilder();
        var lines = transcript.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (
                lines[i].StartsWith('#') && replayed.Length == 0
                || (lines[i].Length == 0 && i + 1 < lines.Length && lines[i + 1].StartsWith('$'))
            )
                replayed.Append(lines[i]).Append('\n');

            if (!lines[i].StartsWith("$ ", StringComparison.Ordinal))
                continue;

            replayed.Append(lines[i]).Append('\n');
            var command = lines[i][2..];
            var input = new StringBuilder();
            if (command.StartsWith("cat <<TEXT | ", StringComparison.Ordinal))
            {
                command = command["cat <<TEXT | ".Length..];
                while (lines[++i] != "TEXT")
                    input.Append(lines[i]).Append('\n');

                replayed.Append(input).Append("TEXT\n");
            }

            replayed.Append(await RunAsync(command, input.ToString(), lab, clock, ct));
        }

        return replayed.ToString();
    }

    private static async Task<string> RunAsync(
        string command,
        string input,
        LabInternet lab,
        FakeTimeProvider clock,
        CancellationToken ct
    )
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var environment = lab.Environment;
        var terminal = new Terminal
        {
            In = new MemoryStream(Encoding.UTF8.GetBytes(input)),
            Out = output,
            Error = error,
            Variable = name => environment.GetValueOrDefault(name),
        };
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("postseal", words[0]);
        var code = await App.RunAsync(words[1..], terminal, clock, ct);

        var text = new StringBuilder(output.ToString());
        foreach (var line in error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
            text.Append("! ").Append(line).Append('\n');

        if (code != 0)
            text.Append(CultureInfo.InvariantCulture, $"? {code}\n");

        // The help names the running program. Ports differ from run to run; everything else in the lab is fixed.
        var plain = text.ToString()
            .Replace("Postseal.Tests", "postseal", StringComparison.Ordinal)
            .Replace(environment["POSTSEAL_DNS"], "127.0.0.1:53", StringComparison.Ordinal);
        return WithPort(WithPort(plain, lab.SmtpPort, "25"), lab.HttpsPort, "443");
    }

    // An id of hexadecimal digits may have those of the port.
    private static string WithPort(string text, int port, string known) =>
        Regex.Replace(text, string.Create(CultureInfo.InvariantCulture, $@"\b{port}\b"), known);
}
