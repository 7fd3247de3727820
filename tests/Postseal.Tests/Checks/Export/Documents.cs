using CsCheck;
using Postseal.Checks;
using Postseal.Checks.Facts;
using Postseal.Checks.Json;
using Postseal.Protocol.Tls;
using Postseal.Resolver.Mx;
using Postseal.Resolver.PolicyHost;

namespace Postseal.Tests.Checks.Export;

/// <summary>Check documents to export: good and bad ones from the real rules, and hostile ones that no rule would make.</summary>
internal static class Documents
{
    /// <summary>Everything a reader of documents might obey: markup, link, placeholder, control, bidirectional, zero-width, non-character, half a pair.</summary>
    public const string Hostile =
        "]]>\"'<script>alert(1)</script>&amp; [x](javascript:1) {0} \0\u0007\u001b[31m\u0085\u2028\u202e\u200b\ufffe\ud800\r\n\tend";

    /// <summary>Facts of all exit codes, by name.</summary>
    public static IReadOnlyDictionary<string, DomainFacts> Facts { get; } =
        new Dictionary<string, DomainFacts>
        {
            ["healthy"] = FactsBuilder.Healthy(),
            ["nothing"] = FactsBuilder.Healthy().WithRecordAnswer(FactsBuilder.Absent<string>()),
            ["bad record"] = FactsBuilder.Healthy().WithRecord("v=STSv1; id=a-b;"),
            ["record unknown"] = FactsBuilder.Healthy().WithRecordAnswer(FactsBuilder.Failed<string>()),
            ["fetch failed"] = FactsBuilder.Healthy().WithFetchFailure(FetchFailure.HttpStatus),
            ["no host"] = FactsBuilder.Healthy().WithoutHosts(new MxLookup.Nowhere(NameExists: false, [])),
            ["one host refused"] = WithProblem("mx1.example.com"),
            ["one host unknown"] = FactsBuilder
                .Healthy()
                .WithHost("mx1.example.com", h => h.WithTls(new TlsOutcome.Unknown("It hung up."))),
        };

    public static CheckResult Result(string name) => CheckResult.Of(Facts[name]);

    public static CheckDocument Of(string name) => CheckDocuments.Of(Result(name));

    /// <summary>A document with these findings and a verdict that decides nothing.</summary>
    public static CheckDocument With(params FindingPart[] findings) =>
        Of("healthy") with
        {
            Domain = "example.com",
            Findings = findings,
        };

    /// <summary>A finding in which every text is this one.</summary>
    public static FindingPart Finding(string id, string level, string text) =>
        new(id, level, text, text, $"{text}\n{text}", "8461 §4.1", new Dictionary<string, string> { [text] = text });

    /// <summary>A document in which every text of a peer is this one.</summary>
    public static CheckDocument Full(string text)
    {
        string[] levels = ["breaks", "off", "warn", "info", "unknown", "ok"];
        return With([.. levels.Select(l => Finding("mx-uncovered", l, text))]) with
        {
            Verdict = new("unknown", "off", text, text, text),
        };
    }

    /// <summary>Any UTF-16 at all.</summary>
    public static Gen<string> AnyText { get; } =
        Gen.Int[0, 0xFFFF].Array[0, 30].Select(units => new string([.. units.Select(u => (char)u)]));

    /// <summary>Shown as it is by whatever reads the export: no character that acts.</summary>
    public static bool IsInert(string text) =>
        text.All(c => c == '\n' || Postseal.Protocol.PrintableText.Of(c.ToString(), 10) == c.ToString() || char.IsSurrogate(c));

    private static DomainFacts WithProblem(string host) =>
        FactsBuilder
            .Healthy()
            .WithHost(
                host,
                h => h.WithTls(new TlsOutcome.Established("TLSv1.3", "X", FactsBuilder.Chain(host, CertificateProblem.Expired)))
            );
}
