using System.Net.Sockets;
using System.Text;
using Postseal.Lab;
using Xunit;

namespace Postseal.Tests.Lab;

public sealed class LabSmtpTests(LabFixture lab) : IClassFixture<LabFixture>
{
    private const string Offer = "250-PIPELINING\n250-SIZE 26214400\n250-8BITMIME\n";

    private readonly SmtpDialogue _dialogue = new(lab.Internet);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_healthy_server_offers_STARTTLS_and_no_more_of_it_inside_TLS()
    {
        Assert.Equal(
            [
                "220 mx1.testing.lab.test ESMTP",
                $"250-mx1.testing.lab.test\n{Offer}250-ENHANCEDSTATUSCODES\n250 STARTTLS",
                "220 2.0.0 Ready to start TLS",
            ],
            await _dialogue.SayAsync("testing", ["EHLO test", "STARTTLS"], Ct)
        );
        Assert.Equal(
            [$"250-mx1.testing.lab.test\n{Offer}250 ENHANCEDSTATUSCODES", "503 5.5.1 TLS is already active", "221 2.0.0 Bye"],
            await _dialogue.SaySecuredAsync("testing", ["EHLO test", "STARTTLS", "QUIT"], Ct)
        );
    }

    [Fact]
    public async Task No_server_takes_a_message()
    {
        var replies = await _dialogue.SaySecuredAsync(
            "healthy",
            ["EHLO test", "MAIL FROM:<a@other.test>", "RCPT TO:<b@lab.test>", "DATA"],
            Ct
        );
        Assert.All(replies[1..], r => Assert.StartsWith("550 ", r, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("smtp-blocked-us", "554 5.7.1 Your address has a poor reputation", null, null)]
    [InlineData("smtp-greylisted", "450 4.7.1 Greylisted, please try again in five minutes", null, null)]
    [InlineData(
        "starttls-missing",
        null,
        $"250-mx1.starttls-missing.lab.test\n{Offer}250 ENHANCEDSTATUSCODES",
        "502 5.5.1 Command not implemented"
    )]
    [InlineData(
        "starttls-hidden",
        null,
        $"250-mx1.starttls-hidden.lab.test\n{Offer}250 ENHANCEDSTATUSCODES",
        "220 2.0.0 Ready to start TLS"
    )]
    [InlineData("mx-refuses-plaintext", null, "530 5.7.0 Must issue a STARTTLS command first", "220 2.0.0 Ready to start TLS")]
    public async Task A_faulty_server_says(string label, string? greeting, string? ehlo, string? startTls)
    {
        string[] commands = ehlo is null ? [] : ["EHLO test", "STARTTLS"];
        string?[] replies = [.. await _dialogue.SayAsync(label, commands, Ct)];
        Assert.Equal([greeting ?? $"220 mx1.{label}.lab.test ESMTP", .. ehlo is null ? [] : new[] { ehlo, startTls }], replies);
    }

    [Fact]
    public async Task A_hostile_greeting_arrives_byte_by_byte_as_written()
    {
        var greeting = Assert.Single(await _dialogue.SayAsync("banner-escapes", [], Ct));
        Assert.Equal("220 \e[2J\e[31mpwned\e[0m \e]0;title\a\u009b1m\r\b ESMTP", greeting);
    }

    [Fact]
    public async Task A_late_greeting_comes_when_the_clock_says_so()
    {
        var clock = new StepClock();
        var domain = lab.Domain("smtp-slow-greet");
        await using var internet = await LabInternet.StartAsync(new LabOptions { Clock = clock }, [domain], Ct);
        using var tcp = await LabFixture.ConnectAsync(domain.Receivers[0].Address, internet.SmtpPort, Ct);
        Assert.Equal(0, tcp.Available);
        await clock.PassAsync(TimeSpan.FromSeconds(12), Ct);
        var greeting = new byte["220 mx1.smtp-slow-greet.lab.test ESMTP\r\n".Length];
        await tcp.GetStream().ReadExactlyAsync(greeting, Ct);
        Assert.Equal("220 mx1.smtp-slow-greet.lab.test ESMTP\r\n", Encoding.ASCII.GetString(greeting));
    }

    [Fact]
    public async Task An_endless_line_ends_the_session()
    {
        var replies = await _dialogue.SayAsync("testing", [new string('x', 4096)], Ct);
        Assert.Equal(["220 mx1.testing.lab.test ESMTP", null], replies);
    }

    [Fact]
    public async Task An_unreachable_server_refuses_the_connection()
    {
        var address = lab.Domain("smtp-unreachable").Address(25);
        var refusal = await Assert.ThrowsAsync<SocketException>(async () =>
            await LabFixture.ConnectAsync(address, lab.Internet.SmtpPort, Ct)
        );
        Assert.Equal(SocketError.ConnectionRefused, refusal.SocketErrorCode);
    }
}
