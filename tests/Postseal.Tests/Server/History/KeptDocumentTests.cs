using Postseal.Checks;
using Postseal.Checks.Findings;
using Postseal.Checks.Json;
using Postseal.Server.History;
using Xunit;
using static Postseal.Tests.Checks.FactsBuilder;

namespace Postseal.Tests.Server.History;

/// <summary>Documents that are too large to be kept whole.</summary>
public sealed class KeptDocumentTests
{
    private static readonly string Awkward = string.Concat(Enumerable.Repeat("\U0001F4E7\uD800", 200));

    [Fact]
    public void A_document_that_fits_is_kept_as_it_is()
    {
        var document = CheckDocuments.Of(CheckResult.Of(Healthy()));
        var kept = KeptDocument.Read(KeptDocument.Text(document))!;

        Assert.Null(kept.LeftOut);
        Assert.Equal(Json(document), Json(kept));
        Assert.DoesNotContain("leftOut", Json(kept), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_certificates_go_first_and_the_document_says_so()
    {
        var (_, whole) = WorstDomain.Check("example.com", 1, Now);
        var kept = KeptDocument.Read(KeptDocument.Text(whole with { Findings = [.. whole.Findings.Take(3)] }))!;

        Assert.Equal("names of certificates beyond the first 5", Assert.Single(kept.LeftOut!));
        Assert.Equal(
            (19, 5, 1),
            (kept.Mx.Count, kept.Mx[7].Sessions[0].Certificate!.San.Count, kept.Mx[7].Sessions[0].Certificate!.SanCount)
        );
        Assert.Contains("\"leftOut\"", Json(kept), StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_a_document_holds_it_fits_with_its_verdict_and_the_ids_of_its_findings()
    {
        var (_, whole) = WorstDomain.Check("example.com", 1, Now);
        string[] ids = [.. Catalogue.All.Select(f => f.Id)];
        whole = whole with
        {
            Verdict = whole.Verdict with { Summary = Awkward, MailText = Awkward, ProtectionText = Awkward },
            Findings =
            [
                .. Enumerable
                    .Range(0, 3)
                    .SelectMany(n =>
                        ids.Select(id => new FindingPart(id, "breaks", $"{n}{Awkward}", Awkward, Awkward, Awkward, Evidence()))
                    ),
            ],
            Policy = new(Awkward, "enforce", 1, [.. Enumerable.Repeat(Awkward, 100)]),
            Record = new(Awkward, "1", 1),
            Texts = new([.. Enumerable.Repeat(Awkward, 20)], []),
        };

        var text = KeptDocument.Text(whole);
        var kept = KeptDocument.Read(text)!;

        Assert.InRange(text.Length, 1, HistoryLimits.DocumentBytes);
        Assert.Equal(ids.Order(StringComparer.Ordinal), kept.Findings.Select(f => f.Id).Order(StringComparer.Ordinal));
        Assert.Equal((whole.Verdict.Mail, whole.Verdict.Protection), (kept.Verdict.Mail, kept.Verdict.Protection));
        Assert.All(kept.Findings, f => Assert.Equal("breaks", f.Level));
        Assert.Contains("all but verdict and findings", kept.LeftOut!);
    }

    private static Dictionary<string, string> Evidence() =>
        Enumerable.Range(0, 3).ToDictionary(n => $"{n}{Awkward}", _ => Awkward);

    private static string Json(CheckDocument document) =>
        System.Text.Json.JsonSerializer.Serialize(document, JsonContext.Default.CheckDocument);
}
