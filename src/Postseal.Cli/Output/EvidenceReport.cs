using Postseal.Checks;
using Postseal.Checks.Json;
using Postseal.Protocol;

namespace Postseal.Cli.Output;

/// <summary>What <c>--verbose</c> adds: the raw record, policy and report record, and every session with its certificate.</summary>
internal static class EvidenceReport
{
    private const int MaxText = 4000; // of one peer's text: a record of 64 KiB helps nobody on a terminal

    public static void Write(CheckResult result, Ink ink, Terminal terminal)
    {
        var document = CheckDocuments.Of(result);
        Section("Record", document.Record?.Text);
        Section("Policy", document.Policy?.Text);
        Section("TLS report record", document.Tlsrpt?.Text);
        foreach (var mx in document.Mx)
            WriteMx(mx, ink, terminal);

        terminal.Out.WriteLine();
        terminal.Out.WriteLine(ink.Dim($"  checked {document.CheckedAt} in {document.DurationMs} ms"));

        void Section(string title, string? text)
        {
            if (text is null)
                return;

            terminal.Out.WriteLine();
            terminal.Out.WriteLine($"  {ink.Bold(title)}");
            foreach (var line in text.TrimEnd().Split('\n').Take(MaxLines))
                terminal.Out.WriteLine($"    {PrintableText.Of(line.TrimEnd('\r'), MaxText)}");
        }
    }

    /// <summary>One MX host with its sessions.</summary>
    public static void WriteMx(MxPart mx, Ink ink, Terminal terminal)
    {
        terminal.Out.WriteLine();
        terminal.Out.WriteLine($"  {ink.Bold($"{mx.Preference} {mx.Host}")}  {mx.Decision}");
        foreach (var line in Wrap.Lines(PrintableText.Of(mx.Why, MaxText), terminal.Width - 4))
            terminal.Out.WriteLine($"    {line}");

        foreach (var tlsa in mx.Dane?.Tlsa ?? [])
            terminal.Out.WriteLine($"    TLSA {tlsa}");

        foreach (var session in mx.Sessions)
            WriteSession(session, ink, terminal);
    }

    /// <summary>One probed address.</summary>
    public static void WriteSession(SessionPart session, Ink ink, Terminal terminal)
    {
        var tls = session switch
        {
            { Tls: { } version } => $"{version} {session.Cipher}",
            { Starttls: false } => "STARTTLS is not offered",
            { Starttls: true } => "STARTTLS fails",
            _ => "no answer",
        };
        terminal.Out.WriteLine($"    {session.Address}  {tls}  {ink.Dim($"{session.TimingsMs.Total:0} ms")}");
        if (session.Banner is { } banner)
            terminal.Out.WriteLine($"      banner   {PrintableText.Of(banner, MaxText)}");

        if (session.Problem is { } problem)
            terminal.Out.WriteLine($"      problem  {PrintableText.Of(problem, MaxText)}");

        if (session.Result is { } result)
            terminal.Out.WriteLine($"      result   {result} (RFC 8460)");

        if (session.Certificate is not { } certificate)
            return;

        terminal.Out.WriteLine($"      subject  {PrintableText.Of(certificate.Subject, MaxText)}");
        terminal.Out.WriteLine($"      names    {PrintableText.Of(string.Join(' ', certificate.San), MaxText)}");
        terminal.Out.WriteLine($"      valid    {certificate.NotBefore} to {certificate.NotAfter}");
        terminal.Out.WriteLine($"      issuer   {PrintableText.Of(certificate.Issuer, MaxText)}");
        if (certificate.Problems.Count > 0)
            terminal.Out.WriteLine($"      faults   {string.Join(", ", certificate.Problems)}");
    }

    private const int MaxLines = 200; // of a policy: enough for every MX list seen in the field
}
