namespace Postseal.SystemTests.Cli;

/// <summary>The parts of <c>postseal.check/1</c> that stories look at: read here from the contract, apart from the code that writes it.</summary>
public sealed record CheckReport(
    string Schema,
    string Domain,
    Verdict Verdict,
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<MxReport> Mx
)
{
    /// <summary>Both answers in one line, as <c>mail ok, protection enforced</c>.</summary>
    public string VerdictLine => $"mail {Verdict.Mail}, protection {Verdict.Protection}";

    /// <summary>The findings that accuse somebody (levels <c>breaks</c> and <c>off</c>), as <c>breaks cert-name mx1.example.test</c>.</summary>
    public IReadOnlyList<string> Accusations =>
        [
            .. Lines.Where(l =>
                l.StartsWith("breaks ", StringComparison.Ordinal) || l.StartsWith("off ", StringComparison.Ordinal)
            ),
        ];

    /// <summary>The decision on each MX host, as <c>refused mx1.example.test</c>, in order of preference.</summary>
    public IReadOnlyList<string> Decisions => [.. Mx.Select(mx => $"{mx.Decision} {mx.Host}")];

    /// <summary>All findings, as <c>LEVEL ID SUBJECT</c>.</summary>
    public IReadOnlyList<string> Lines => [.. Findings.Select(f => $"{f.Level} {f.Id} {f.Subject}")];
}

/// <summary>The two-axis verdict.</summary>
public sealed record Verdict(string Mail, string Protection, string Summary);

/// <summary>One finding.</summary>
public sealed record Finding(string Id, string Level, string Subject, string Summary, string? Remedy);

/// <summary>One MX host.</summary>
public sealed record MxReport(string Host, string Decision, string Why, IReadOnlyList<SessionReport> Sessions, DaneReport? Dane);

/// <summary>One probed address.</summary>
public sealed record SessionReport(string Address, bool? Starttls, string? Tls, CertificateReport? Certificate);

/// <summary>The certificate presented.</summary>
public sealed record CertificateReport(IReadOnlyList<string> San, IReadOnlyList<string> Problems);

/// <summary>The TLSA records.</summary>
public sealed record DaneReport(IReadOnlyList<string> Tlsa, bool Secure, bool? Match);
