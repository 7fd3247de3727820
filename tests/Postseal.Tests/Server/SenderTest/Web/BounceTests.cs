using Postseal.Server.SenderTest.Tests;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Web;

/// <summary>What is found in bounces, logs and queues as people paste them.</summary>
public sealed class BounceTests
{
    private static readonly string Mailbox = TestKey.Mailbox("abcdefghijklmnopqrstuvwxyz");
    private static readonly string C1 = $"{Mailbox}@c1.sender.example";
    private static readonly string C2 = $"{Mailbox}-2@c2.sender.example";

    // RFC 3464 §2.3, folded as Postfix writes it, with the headers of the message that comes back.
    [Fact]
    public void A_notification_says_action_status_and_reason()
    {
        var text = $"""
            This is the mail system at host mail.example.org.

            <{C1}>: TLS is required, but was not offered by host
                mx1.c1.sender.example[192.0.2.1]

            --A1B2.1/mail.example.org
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mail.example.org

            Final-Recipient: rfc822; {C1}
            Original-Recipient: rfc822;{C1.ToUpperInvariant()}
            Action: failed
            Status: 5.7.4
            Diagnostic-Code: X-Postfix; TLS is required, but was not offered by host
                mx1.c1.sender.example[192.0.2.1]

            Final-Recipient: rfc822; {C2}
            Action: Delayed
            Status: 4.7.5
            Diagnostic-Code: X-Postfix; Server certificate not trusted

            --A1B2.1/mail.example.org
            Content-Type: text/rfc822-headers

            To: {Mailbox}@c3.sender.example
            """;
        Assert.Equal(
            [
                new(
                    Of(C1),
                    "failed",
                    "5.7.4",
                    "X-Postfix; TLS is required, but was not offered by host mx1.c1.sender.example[192.0.2.1]"
                ),
                new(Of(C2), "delayed", "4.7.5", "X-Postfix; Server certificate not trusted"),
            ],
            Bounce.Read(text, Mailbox)
        );
        Assert.Equal(Bounce.Read(text, Mailbox), Bounce.Read(text.ReplaceLineEndings("\r\n> "), Mailbox));
    }

    [Theory]
    // A log.
    [InlineData(
        "Nov 29 07:00:00 mail postfix/smtp[7]: 4cX: to=<TO>, relay=none, delay=0.4, delays=0.1/0.02/0.3/0, dsn=4.7.5, status=deferred (Server certificate not trusted)\nNov 29 07:00:01 mail postfix/qmgr[8]: 4cY: removed",
        "4.7.5"
    )]
    // A queue: the reason is in front.
    [InlineData(
        "4cX*    1234 Sun Nov 29 07:00:00  me@example.org\n       (Server certificate not trusted)\n                          TO",
        null
    )]
    // Words, and the reason below.
    [InlineData(
        "A message could not be delivered:\n\n  TO\n    host mx1.c1.sender.example [192.0.2.1]\n    550 5.7.10 certificate not trusted",
        "5.7.10"
    )]
    [InlineData("TO\n\nRemote server returned '550 5.7.5 STARTTLS is required, certificate not trusted'", "5.7.5")]
    [InlineData("Your message wasn't delivered to <TO>, because 5.7.5.1 is no code, certificate not trusted", null)]
    public void Words_are_understood_where_they_are_no_notification(string text, string? status)
    {
        var bounce = Assert.Single(Bounce.Read(text.Replace("TO", C1, StringComparison.Ordinal), Mailbox));
        Assert.Equal((Of(C1), null, status), (bounce.Address, bounce.Action, bounce.Status));
        Assert.Contains("certificate not trusted", bounce.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_comes_after_an_explanation_is_no_part_of_it() =>
        Assert.Equal("not trusted", Assert.Single(Bounce.Read($"<{C1}>: not trusted\n\n--1234\n", Mailbox)).Text);

    [Theory]
    [InlineData("")]
    [InlineData("To: MAILBOX@c1.sender.example\nSubject: it does not work")]
    [InlineData("<other@c1.sender.example>: no")]
    [InlineData("MAILBOX is not an address, nor is MAILBOX@")]
    [InlineData("MAILBOX-0@c1.sender.example MAILBOX-22@c1.sender.example failed")]
    public void Where_no_address_of_the_test_is_nothing_is_found(string text) =>
        Assert.Empty(Bounce.Read(text.Replace("MAILBOX", Mailbox, StringComparison.Ordinal), Mailbox));

    [Fact]
    public void An_address_of_another_test_is_none() =>
        Assert.Empty(Bounce.Read($"<{C1}>: no", TestKey.Mailbox("zyxwvutsrqponmlkjihgfedcba")));

    [Fact]
    public void Texts_without_end_are_cut_and_recipients_counted()
    {
        var all = Enumerable.Range(0, 2000).Select(i => $"{Mailbox}@c{i}.sender.example {new string('x', 5000)}");
        var found = Bounce.Read(string.Join('\n', all), Mailbox);
        Assert.Equal(TestLimits.BouncesAtOnce, found.Count);
        Assert.All(found, b => Assert.Equal(TestLimits.Text, b.Text.Length));
        Assert.Empty(Bounce.Read(new string('\n', 60_000) + new string(' ', 60_000), Mailbox));
    }

    private static Address Of(string text)
    {
        Assert.True(Address.TryRead(text, out var address));
        return address;
    }
}
