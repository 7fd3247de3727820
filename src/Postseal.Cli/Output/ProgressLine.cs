using Postseal.Checks.Facts;

namespace Postseal.Cli.Output;

/// <summary>One line on standard error that says what has been done so far and is wiped at the end.</summary>
internal sealed class ProgressLine(Terminal terminal, int domains) : IProgress<GatherStep>, IDisposable
{
    private readonly Lock _gate = new();
    private int _finished;
    private bool _closed;

    public void Report(GatherStep value)
    {
        lock (_gate)
        {
            if (_closed)
                return;

            var count = domains == 1 ? "" : $"[{_finished}/{domains}] ";
            Draw($"{count}{value.Domain}: {Words(value)}");
        }
    }

    public void Finish()
    {
        lock (_gate)
            _finished++;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            terminal.Error.Write("\r\e[K");
        }
    }

    private void Draw(string text) => terminal.Error.Write($"\r\e[K{Wrap.Fold(text, terminal.Width - 1)}");

    private static string Words(GatherStep step) =>
        step.Name switch
        {
            "record" => "MTA-STS record read",
            "policy-host" => $"{step.Subject} asked for the policy",
            "policy" => "policy read",
            "dane" => $"TLSA records of {step.Subject} read",
            "tlsrpt" => "TLS report record read",
            "mx" => "MX records read",
            "host" => $"addresses of {step.Subject} read",
            "session" => $"{step.Subject} probed",
            _ => "report addresses looked at",
        };
}
