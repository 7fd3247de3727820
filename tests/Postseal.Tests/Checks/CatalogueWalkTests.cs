using System.Globalization;
using System.Text;
using Postseal.Checks;
using Postseal.Checks.Findings;
using Postseal.Checks.History;
using Postseal.Checks.Json;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Checks;

/// <summary>Every finding has a lab domain that shows it, and that domain shows nothing but what follows from it.</summary>
public sealed class CatalogueWalkTests(FixedLab lab, ImpatientLab impatient)
    : IClassFixture<FixedLab>,
        IClassFixture<ImpatientLab>
{
    private const int ParallelChecks = 8;

    /// <summary>On the fixed clock no time limit ever strikes, so that a loaded machine changes nothing; this one is against a test that hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly string GoldenPath = Path.Combine(RepositoryRoot.Path, "tests/Postseal.Tests/Checks/catalogue.txt");

    /// <summary>Domains whose fault shows only to who has checked them before.</summary>
    private static readonly HashSet<string> Remembered = ["pol-id-drift", "pol-id-changed-body-same"];

    [Fact]
    public async Task Every_lab_domain_shows_its_finding_and_only_what_follows_from_it()
    {
        var ct = TestContext.Current.CancellationToken;
        string[] names = ["healthy", "testing", "nothing", .. Catalogue.All.Select(k => k.Id)];
        using var gate = new SemaphoreSlim(ParallelChecks);
        var results = await Task.WhenAll(names.Select(n => CheckAsync(n, gate, ct)));

        var text = new StringBuilder();
        foreach (var (name, result) in names.Zip(results))
            text.Append(Describe(name, result));

        var missing = names
            .Skip(3)
            .Zip(results.Skip(3))
            .Where(p => !p.Second.Findings.Any(f => f.Id == p.First && f.Level != Level.Ok));
        Assert.Empty(missing.Select(p => p.First));
        Golden.Equal(GoldenPath, File.Exists(GoldenPath) ? await File.ReadAllTextAsync(GoldenPath, ct) : "", text.ToString());
    }

    private async Task<CheckResult> CheckAsync(string name, SemaphoreSlim gate, CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            return await CheckAsync(name, ct).WaitAsync(Patience, ct);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{name}.lab.test waits for something that never comes: check it on the real clock.");
        }
        finally
        {
            gate.Release();
        }
    }

    // Where the fault is that nothing comes, a clock that stands still would wait for ever.
    private Task<CheckResult> CheckAsync(string name, CancellationToken ct) =>
        $"{name}.lab.test" switch
        {
            var domain when name == "http-timeout" => impatient.FetchInVainAsync(domain, ct),
            var domain when name == "smtp-slow-greet" => impatient.ConnectInVainAsync(domain, ct),
            var domain when Remembered.Contains(name) => CheckTwiceAsync(domain, ct),
            var domain => lab.CheckAsync(domain, ct),
        };

    private async Task<CheckResult> CheckTwiceAsync(string domain, CancellationToken ct)
    {
        var first = await lab.CheckAsync(domain, ct);
        var second = await lab.CheckAsync(domain, ct);
        Assert.DoesNotContain(first.Findings, f => Remembered.Contains(f.Id));
        return CheckResult.Of(second.Facts, [Publication.Of(first.Facts)!]);
    }

    private static string Describe(string name, CheckResult result)
    {
        var verdict = result.Verdict;
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{name}: mail {CheckDocuments.Wire(verdict.Mail)}, protection {CheckDocuments.Wire(verdict.Protection)}, exit {result.ExitCode}\n"
        );
        foreach (var finding in result.Findings.Where(f => f.Level != Level.Ok))
            text.Append(
                CultureInfo.InvariantCulture,
                $"    {CheckDocuments.Wire(finding.Level)} {finding.Id} ({finding.Subject})\n"
            );

        return text.ToString();
    }
}
