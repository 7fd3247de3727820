using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Postseal.Tests.Server.SenderTest.Web;

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
        "/sender-test",
        "/sender-test/nothing",
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
            await AuditAsync(path);
        }

        await visit.Page.GotoAsync("/sender-test");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Open a test" }).ClickAsync();
        await AuditAsync("a test, before");
        var address = (await visit.Page.Locator("#control a[href^='mailto:']").InnerTextAsync()).Trim();
        await new CarelessSender(chromium.Lab).SendAsync("mx.example", address, TestContext.Current.CancellationToken);
        await visit.Page.Locator("#control .word").GetByText("Pass").WaitForAsync();
        await AuditAsync("a test, with a verdict");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Go on to message 2" }).ClickAsync();
        await AuditAsync("going on, asked");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Yes, go on to message 2" }).ClickAsync();
        await AuditAsync("a test, second message");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Delete this test" }).ClickAsync();
        await AuditAsync("deleting, asked");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Yes, delete it" }).ClickAsync();
        await AuditAsync("deleted");
        Assert.Empty(issues);
        visit.AssertNoComplaint();

        async Task AuditAsync(string path)
        {
            await visit.UnfoldAsync();
            var audit = await visit.Page.RunAxe();
            issues.AddRange(
                from violation in audit.Violations
                where violation.Impact is "serious" or "critical"
                from node in violation.Nodes
                select $"{path}: {violation.Id}: {node.Target} {node.Html}"
            );
        }
    }
}
