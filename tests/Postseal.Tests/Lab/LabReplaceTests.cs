using System.Net;
using DnsClient;
using Postseal.Lab;
using Postseal.Lab.Domains;
using Postseal.Lab.Watching;
using Xunit;

namespace Postseal.Tests.Lab;

public sealed class LabReplaceTests
{
    private const string PolicyPath = "/.well-known/mta-sts.txt";

    private static readonly LabDomain First = Watched.TakingMail("testing");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Records_policy_and_mail_servers_change_together_and_others_stay()
    {
        var other = LabDomains.All.Single(d => d.Name == "healthy.lab.test");
        await using var lab = await Watched.StartAsync(new(), [First, other], Ct);
        var second = First
            .Txt("_mta-sts", "v=STSv1; id=2;")
            .PolicyLines("version: STSv1", "mode: none", "max_age: 60")
            .Receiver(r => r with { Greeting = "220 changed", OffersStartTls = false });

        lab.Internet.Replace(second);

        Assert.Equal([second.Name, other.Name], lab.Internet.Domains.Select(d => d.Name));
        Assert.Equal("v=STSv1; id=2;", await TxtAsync(lab.Internet, First.Name));
        Assert.Contains("id=2026", await TxtAsync(lab.Internet, other.Name), StringComparison.Ordinal);
        Assert.Contains("mode: none", await PolicyAsync(lab.Internet), StringComparison.Ordinal);
        var replies = await new SmtpDialogue(lab.Internet).SayAsync("testing", ["EHLO test"], Ct);
        Assert.Equal("220 changed", replies[0]);
        Assert.DoesNotContain("STARTTLS", replies[1], StringComparison.Ordinal);

        lab.Internet.Replace(First);
        Assert.Contains("mode: testing", await PolicyAsync(lab.Internet), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_goes_on_as_it_began()
    {
        await using var lab = await Watched.StartAsync(First, Ct);
        using var tcp = await LabFixture.ConnectAsync(First.Receivers[0].Address, lab.Internet.SmtpPort, Ct);
        await SmtpDialogue.SayAsync(tcp.GetStream(), ["", "EHLO test", "MAIL FROM:<>"], Ct);

        lab.Internet.Replace(First.Receiver(r => r with { RcptReply = "550 5.7.1 No more" }));

        Assert.Equal(["250 2.1.5 OK"], await SmtpDialogue.SayAsync(tcp.GetStream(), ["RCPT TO:<token@testing.lab.test>"], Ct));
    }

    [Fact]
    public async Task A_server_that_is_no_more_hangs_up()
    {
        await using var lab = await Watched.StartAsync(First, Ct);
        lab.Internet.Replace((First with { Receivers = [], Sites = [] }).Without("_mta-sts"));
        using var tcp = await LabFixture.ConnectAsync(First.Receivers[0].Address, lab.Internet.SmtpPort, Ct);
        Assert.Equal(0, await tcp.GetStream().ReadAsync(new byte[1], Ct));
        await Assert.ThrowsAnyAsync<IOException>(() => PolicyAsync(lab.Internet));
        Assert.Equal("", await TxtAsync(lab.Internet, First.Name));
        Assert.Empty(lab.Of<Observation.Connected>());
    }

    [Fact]
    public async Task A_domain_that_was_not_there_or_needs_another_address_cannot_come_in()
    {
        await using var lab = await Watched.StartAsync(First, Ct);
        Assert.Throws<ArgumentException>(() => lab.Internet.Replace(new LabDomain("new.lab.test", "It is new")));
        Assert.Throws<ArgumentException>(() => lab.Internet.Replace(First.AddReceiver("mx2", 26)));
        Assert.Throws<ArgumentException>(() => lab.Internet.Replace(First.AddSite(First.Address(99), s => s)));
    }

    [Fact]
    public async Task Who_asks_meanwhile_gets_the_old_or_the_new()
    {
        await using var lab = await Watched.StartAsync(First, Ct);
        LabDomain[] states = [First.Txt("_mta-sts", "one", "one"), First.Txt("_mta-sts", "two", "two")];
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var changing = Task.Run(
            () =>
            {
                for (var i = 0; !enough.IsCancellationRequested; i++)
                    lab.Internet.Replace(states[i % 2]);
            },
            Ct
        );
        try
        {
            for (var i = 0; i < 200; i++)
                Assert.True(await TxtAsync(lab.Internet, First.Name) is "oneone" or "twotwo" or "v=STSv1; id=20261101T120000;");
        }
        finally
        {
            await enough.CancelAsync();
            await changing;
        }
    }

    [Fact]
    public async Task A_mail_server_can_live_on_IPv6_alone()
    {
        Assert.SkipUnless(LabInternet.HasIPv6, "This machine has no ::1.");
        var bare = First with { Receivers = [], Records = First.Without("mx1").Records };
        var domain = bare.AddReceiver("mx1", IPAddress.IPv6Loopback).Receiver(r => r with { Accepts = _ => true });
        var lab = await Watched.StartAsync(domain, Ct);
        await using (lab)
        {
            var addresses = await LabFixture.AskAsync(lab.Internet, "mx1.testing.lab.test", QueryType.AAAA, true, Ct);
            Assert.Equal(IPAddress.IPv6Loopback, Assert.Single(addresses.Answers.AaaaRecords()).Address);
            Assert.Empty((await LabFixture.AskAsync(lab.Internet, "mx1.testing.lab.test", QueryType.A, true, Ct)).Answers);
            string[] commands = ["EHLO test", "MAIL FROM:<>", "RCPT TO:<a@testing.lab.test>", "DATA", "."];
            await new SmtpDialogue(lab.Internet).SaySecuredAsync("testing", commands, Ct);
        }
        Assert.Equal(IPAddress.IPv6Loopback, Assert.Single(lab.Of<Observation.Delivered>()).Client);
    }

    private static async Task<string> TxtAsync(LabInternet internet, string domain)
    {
        var answer = await LabFixture.AskAsync(internet, $"_mta-sts.{domain}", QueryType.TXT, true, Ct);
        return string.Concat(answer.Answers.TxtRecords().SelectMany(t => t.Text));
    }

    private static Task<string> PolicyAsync(LabInternet internet) =>
        LabFixture.GetAsync(internet, First.Sites[0], PolicyPath, "X-Nothing: 1", Ct);
}
