using System.Text;
using Postseal.Lab.Watching;
using Xunit;

namespace Postseal.Tests.Lab;

/// <summary>Mail servers that take mail: what they take, what they say, what they never do.</summary>
public sealed class LabMailTests
{
    private const string Ehlo = "EHLO test";
    private const string Mail = "MAIL FROM:<a@other.test>";
    private const string Rcpt = "RCPT TO:<token@testing.lab.test>";
    private const string Taken = "250 2.0.0 Taken and thrown away";
    private const string Ok = "250 2.1.0 OK";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_is_taken_over_TLS_and_seen_step_by_step()
    {
        var lab = await Watched.StartAsync(Watched.TakingMail("testing"), Ct);
        await using (lab)
        {
            string[] commands = [Ehlo, Mail, "RCPT TO:<Token@Testing.lab.test>", "DATA", "Subject: a\r\n\r\n..\r\n.", "QUIT"];
            var replies = await new SmtpDialogue(lab.Internet).SaySecuredAsync("testing", commands, Ct);
            Assert.Equal([Ok, "250 2.1.5 OK", "354 End with a line of one dot", Taken, "221 2.0.0 Bye"], replies[1..]);
            Assert.Contains("SIZE 4194304", replies[0], StringComparison.Ordinal);
        }
        const string host = "mx1.testing.lab.test";
        Assert.Equal(
            ["Connected", "Greeted", "Secured", "Greeted", "Addressed", "Delivered", "Left"],
            lab.Seen.Select(o => o.GetType().Name)
        );
        Assert.All(lab.Seen, o => Assert.Equal("127.0.0.1", o.Client?.ToString()));
        Assert.Equal(["test", "test"], lab.Of<Observation.Greeted>().Select(g => g.Name));
        Assert.Equal([false, true], lab.Of<Observation.Greeted>().Select(g => g.OverTls));
        var secured = Assert.Single(lab.Of<Observation.Secured>());
        Assert.Equal((host, host, "TLSv1.3"), (secured.Host, secured.Sni, secured.Protocol));
        Assert.StartsWith("TLS_", secured.Cipher, StringComparison.Ordinal);
        var delivered = Assert.Single(lab.Of<Observation.Delivered>());
        Assert.Equal((host, "token@testing.lab.test", true), (delivered.Host, delivered.Recipient, delivered.OverTls));
        Assert.Equal(("a@other.test", null), (delivered.Sender, delivered.TlsRequired));
    }

    [Fact]
    public async Task A_stranger_is_refused_and_nobody_gets_his_message()
    {
        var lab = await Watched.StartAsync(Watched.TakingMail("testing"), Ct);
        await using (lab)
            Assert.Equal(
                [Ok, "550 5.1.1 No such recipient here", "503 5.5.1 No valid recipients"],
                (await SayAsync(lab, Ehlo, Mail, "RCPT TO:<postmaster@other.test>", "DATA"))[2..]
            );
        Assert.False(Assert.Single(lab.Of<Observation.Addressed>()).Accepted);
        Assert.Empty(lab.Of<Observation.Delivered>());
    }

    [Theory]
    [InlineData("RCPT TO:<postmaster>")]
    [InlineData("RCPT TO:<PostMaster>")]
    [InlineData("rcpt to: <POSTMASTER> NOTIFY=NEVER")]
    public async Task The_postmaster_without_a_domain_is_that_of_the_server(string command)
    {
        var domain = Watched.TakingMail("testing").Receiver(r => r with { Accepts = a => a == "postmaster@testing.lab.test" });
        var lab = await Watched.StartAsync(domain, Ct);
        await using (lab)
        {
            var replies = await SayAsync(lab, Ehlo, Mail, command, "DATA", "hello\r\n.");
            Assert.Equal(["250 2.1.5 OK", "354 End with a line of one dot", Taken], replies[3..]);
        }
        Assert.Equal("postmaster@testing.lab.test", Assert.Single(lab.Of<Observation.Delivered>()).Recipient);
    }

    [Theory]
    [InlineData("RCPT TO:<token@x>", "503 5.5.1 Say MAIL first")]
    [InlineData("DATA", "503 5.5.1 No valid recipients")]
    [InlineData("MAIL FROM:a@b.test", "501 5.5.4 Syntax: MAIL FROM:<address>")]
    [InlineData("MAIL FROM:<a@b.test", "501 5.5.4 Syntax: MAIL FROM:<address>")]
    [InlineData("MAIL TO:<a@b.test>", "501 5.5.4 Syntax: MAIL FROM:<address>")]
    [InlineData("MAIL FROM:<>", Ok)]
    [InlineData("mail from: <a@b.test>", Ok)]
    [InlineData("MAIL FROM:<\"a>b\"@b.test> BODY=8BITMIME SMTPUTF8 SIZE=4194304", Ok)]
    [InlineData("MAIL FROM:<a@b.test> SIZE=4194305", "552 5.3.4 Message too big")]
    [InlineData("RCPT TO:<>", "501 5.5.4 Syntax: RCPT TO:<address>")]
    [InlineData("BDAT 10 LAST", "500 5.5.1 Command not recognized")]
    public async Task After_EHLO_it_says(string command, string reply)
    {
        await using var lab = await Watched.StartAsync(Watched.TakingMail("testing"), Ct);
        Assert.Equal(reply, (await SayAsync(lab, Ehlo, command))[^1]);
    }

    [Fact]
    public async Task A_sender_must_greet_first_and_RSET_forgets_what_came_before()
    {
        await using var lab = await Watched.StartAsync(Watched.TakingMail("testing"), Ct);
        Assert.Equal("503 5.5.1 Say EHLO first", (await SayAsync(lab, Mail))[^1]);
        Assert.Equal("503 5.5.1 One sender at a time", (await SayAsync(lab, Ehlo, Mail, Mail))[^1]);
        Assert.Equal("503 5.5.1 Say MAIL first", (await SayAsync(lab, Ehlo, Mail, "RSET", Rcpt))[^1]);
        Assert.Equal("503 5.5.1 No valid recipients", (await SayAsync(lab, Ehlo, Mail, Rcpt, Ehlo, Mail, "DATA"))[^1]);
    }

    [Fact]
    public async Task Commands_in_one_go_are_answered_one_by_one_and_a_message_goes_to_each_recipient()
    {
        var lab = await Watched.StartAsync(Watched.TakingMail("testing"), Ct);
        await using (lab)
        {
            var message =
                $"{Rcpt}\r\nRCPT TO:<@relay.test:token2@testing.lab.test>\r\nDATA\r\na\r\n.\n.\r\r\n\n.\r\n..\r\n.\r\nQUIT";
            var replies = await SayAsync(lab, $"{Ehlo}\r\n{Mail}\r\n{message}", "", "", "", "", "", "");
            Assert.Equal(
                ["250 2.1.5 OK", "250 2.1.5 OK", "354 End with a line of one dot", Taken, "221 2.0.0 Bye"],
                replies[3..]
            );
        }
        Assert.Equal(
            [("token@testing.lab.test", false), ("token2@testing.lab.test", false)],
            lab.Of<Observation.Delivered>().Select(d => (d.Recipient, d.OverTls))
        );
    }

    [Fact]
    public async Task The_hundred_and_first_recipient_has_to_wait()
    {
        await using var lab = await Watched.StartAsync(Watched.TakingMail("testing"), Ct);
        var replies = await SayAsync(lab, [Ehlo, Mail, .. Enumerable.Repeat(Rcpt, 101)]);
        Assert.All(replies[3..^1], r => Assert.Equal("250 2.1.5 OK", r));
        Assert.Equal("452 4.5.3 Too many recipients", replies[^1]);
    }

    [Theory]
    [InlineData(4 * 1024 * 1024, Taken)]
    [InlineData(4 * 1024 * 1024 + 1, "552 5.3.4 Message too big")]
    [InlineData(17 * 1024 * 1024, null)]
    public async Task A_message_has_a_longest_length(int length, string? reply)
    {
        await using var lab = await Watched.StartAsync(Watched.TakingMail("testing"), Ct);
        var receiver = lab.Internet.Domains[0].Receivers[0];
        using var tcp = await LabFixture.ConnectAsync(receiver.Address, lab.Internet.SmtpPort, Ct);
        await SmtpDialogue.SayAsync(tcp.GetStream(), ["", Ehlo, Mail, Rcpt, "DATA"], Ct);
        var body = new byte[length];
        body.AsSpan().Fill((byte)'x');
        "\r\n.\r\n"u8.CopyTo(body.AsSpan(length - 5));
        try
        {
            await tcp.GetStream().WriteAsync(body, Ct);
            Assert.Equal(reply, (await SmtpDialogue.SayAsync(tcp.GetStream(), [""], Ct))[0]);
        }
        catch (IOException) when (reply is null)
        {
            // Reset: the server has closed with the rest unread.
        }
    }

    [Theory]
    [InlineData("421 4.3.2 No mail today", null, null, null, 2)]
    [InlineData(null, "451 4.7.1 Come back later", null, null, 3)]
    [InlineData(null, null, "554 5.7.1 No", null, 4)]
    [InlineData(null, null, null, "452 4.3.1 Disk full", 5)]
    public async Task A_refusal_comes_at_its_stage_and_nothing_is_delivered(
        string? mail,
        string? rcpt,
        string? data,
        string? message,
        int stage
    )
    {
        var domain = Watched.TakingMail(
            "testing",
            r => r with { MailReply = mail, RcptReply = rcpt, DataReply = data, MessageReply = message }
        );
        var lab = await Watched.StartAsync(domain, Ct);
        await using (lab)
            Assert.Equal(
                mail ?? rcpt ?? data ?? message,
                (await SayAsync(lab, [.. new[] { Ehlo, Mail, Rcpt, "DATA", "a\r\n." }.Take(stage)]))[^1]
            );
        Assert.Empty(lab.Of<Observation.Delivered>());
    }

    [Fact]
    public async Task What_is_smuggled_in_behind_STARTTLS_ends_the_session()
    {
        var lab = await Watched.StartAsync(Watched.TakingMail("testing"), Ct);
        await using (lab)
            Assert.Equal(
                ["554 5.5.0 Nothing may follow STARTTLS", null],
                (await SayAsync(lab, Ehlo, $"STARTTLS\r\n{Mail}", ""))[2..]
            );
        Assert.Empty(lab.Of<Observation.Secured>());
    }

    [Fact]
    public async Task A_message_that_is_cut_off_is_not_delivered()
    {
        var lab = await Watched.StartAsync(Watched.TakingMail("testing"), Ct);
        await using (lab)
        {
            using var tcp = await LabFixture.ConnectAsync(
                lab.Internet.Domains[0].Receivers[0].Address,
                lab.Internet.SmtpPort,
                Ct
            );
            await SmtpDialogue.SayAsync(tcp.GetStream(), ["", Ehlo, Mail, Rcpt, "DATA"], Ct);
            await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes("Subject: a\r\n\r\n.\n"), Ct);
        }
        Assert.Empty(lab.Of<Observation.Delivered>());
        Assert.Single(lab.Of<Observation.Left>());
    }

    private static Task<List<string?>> SayAsync(Watched lab, params string[] commands) =>
        new SmtpDialogue(lab.Internet).SayAsync("testing", commands, Ct);
}
