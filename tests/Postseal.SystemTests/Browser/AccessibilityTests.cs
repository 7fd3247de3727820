using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Postseal.SystemTests.Browser;

/// <summary>An audit by axe of every kind of page, in both colour schemes.</summary>
[Collection(nameof(InBrowser))]
public sealed class AccessibilityTests(Chromium chromium)
{
    private static readonly string[] Paths =
    [
        "/",
        "/learn",
        "/about",
        "/api",
        "/findings",
        "/findings/mx-uncovered",
        "/check?domain=a%20b",
        "/nowhere",
        "/check/healthy.lab.test",
        "/check/nothing.lab.test",
        "/check/testing.lab.test",
        "/check/mx-partly-uncovered.lab.test",
        "/check/dane-sts-conflict.lab.test",
        "/check/sts-txt-id-syntax.lab.test",
        "/check/smtp-unreachable.lab.test",
        "/check/banner-escapes.lab.test",
    ];

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task No_page_has_a_serious_issue(ColorScheme scheme)
    {
        await using var visit = await chromium.VisitAsync(new() { ColorScheme = scheme });
        var issues = new List<string>();
        foreach (var path in Paths)
        {
            await visit.Page.GotoAsync(path);
            await visit.UnfoldAsync();

            var audit = await visit.Page.RunAxe();
            issues.AddRange(
                from violation in audit.Violations
                where violation.Impact is "serious" or "critical"
                from node in violation.Nodes
                select $"{path}: {violation.Id}: {node.Target} {node.Html}"
            );
        }

        Assert.Empty(issues);
        visit.AssertNoComplaint();
    }
}
