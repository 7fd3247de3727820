using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Postseal.Cli.Policyd.SelfTest;

/// <summary>Runs postconf(1), which honours MAIL_CONFIG. Its output is bounded, and so is its time.</summary>
internal static class Postconf
{
    private const int MaxOutput = 256 * 1024; // characters; all of a large main.cf has a tenth of it
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10); // it reads two files

    // A service's PATH often ends before sbin.
    private static readonly string[] Places = ["postconf", "/usr/sbin/postconf", "/usr/local/sbin/postconf"];

    /// <summary>What it prints; null when there is no postconf, or it gives nothing in time.</summary>
    public static async Task<PostconfOutput> RunAsync(IReadOnlyList<string> arguments, TimeProvider clock, CancellationToken ct)
    {
        using var process = Start(arguments);
        if (process is null)
            return new PostconfOutput.Absent();

        using var limit = new CancellationTokenSource(Patience, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            var errors = ReadAsync(process.StandardError, linked.Token);
            var text = await ReadAsync(process.StandardOutput, linked.Token);
            var error = await errors;
            await process.WaitForExitAsync(linked.Token);
            return process.ExitCode == 0 ? new PostconfOutput.Text(text) : new PostconfOutput.Failed(error.Trim());
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new PostconfOutput.Failed($"no answer within {Patience.TotalSeconds:0} s");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static Process? Start(IReadOnlyList<string> arguments)
    {
        foreach (var place in Places)
        {
            try
            {
                return Process.Start(
                    new ProcessStartInfo(place, arguments)
                    {
                        RedirectStandardOutput = true,
                        RedirectStandardError = true,
                        RedirectStandardInput = true,
                    }
                );
            }
            catch (Win32Exception)
            {
                // not there, or not for us: the next place
            }
        }

        return null;
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken ct)
    {
        var (text, buffer) = (new StringBuilder(), new char[4096]);
        while (await reader.ReadAsync(buffer, ct) is var count and > 0)
            text.Append(buffer, 0, Math.Min(count, MaxOutput - text.Length)); // the rest is read and dropped

        return text.ToString();
    }
}

/// <summary>What became of a run of postconf.</summary>
internal abstract record PostconfOutput
{
    private PostconfOutput() { }

    /// <summary>It printed this.</summary>
    public sealed record Text(string Value) : PostconfOutput;

    /// <summary>It is not installed.</summary>
    public sealed record Absent : PostconfOutput;

    /// <summary>It failed, for this reason.</summary>
    public sealed record Failed(string Reason) : PostconfOutput;
}
