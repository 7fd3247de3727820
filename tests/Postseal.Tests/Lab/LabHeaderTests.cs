using System.Text;
using Postseal.Lab.Smtp;
using Postseal.Lab.Watching;
using Xunit;

namespace Postseal.Tests.Lab;

/// <summary>What is kept of a message: three header fields, and nothing else.</summary>
public sealed class LabHeaderTests
{
    private static readonly string Long = new('x', 70_000);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("rfc", "8689-3-1")]
    [InlineData("TLS-Required: No\r\n\r\nx", "No")]
    [InlineData("Subject: a\r\ntls-required:no \r\n\r\nx", "no")]
    [InlineData("TLS-Required :\r\n\tNo\r\n\r\nx", "No")]
    [InlineData("TLS-Required:\r\n \r\n No\r\nSubject: a\r\n\r\nx", "No")]
    [InlineData("TLS-Required: No\r\nTLS-Required: Yes\r\n and no\r\n\r\nx", "No")]
    [InlineData("TLS-Required: No", "No")]
    [InlineData("TLS-Required:\r\n\r\nNo", "")]
    [InlineData("Subject: a\r\n\r\nTLS-Required: No", null)]
    [InlineData("\r\nTLS-Required: No", null)]
    [InlineData(" TLS-Required: No\r\n\r\nx", null)]
    [InlineData("Subject: a\r\n TLS-Required: No\r\n\r\nx", null)]
    [InlineData("Subject: a\nTLS-Required: No\r\n\r\nx", null)]
    [InlineData("Subject: a\rTLS-Required: No\r\n\r\nx", null)]
    [InlineData("no header\r\nTLS-Required: No\r\n\r\nx", null)]
    [InlineData("..TLS-Required: No\r\n\r\nx", null)]
    [InlineData("X-TLS-Required: No\r\nTLS-Required2: No\r\n: No\r\n\r\nx", null)]
    public async Task A_field_is_read_as_the_RFC_has_it(string message, string? value) =>
        Assert.Equal(value, (await DeliveredAsync(message)).TlsRequired);

    [Fact]
    [Trait("rfc", "8460-5.3-2")]
    public async Task A_report_names_its_domain_and_who_submits_it()
    {
        var delivered = await DeliveredAsync(
            "From: a@b.test\r\nTLS-Report-Domain: lab.test\r\nTLS-Report-Submitter:\r\n other.test\r\nTLS-Required: No\r\n\r\nx"
        );
        Assert.Equal(
            ("lab.test", "other.test", "No"),
            (delivered.ReportDomain, delivered.ReportSubmitter, delivered.TlsRequired)
        );
    }

    [Theory]
    [Trait("rfc", "8460-5.1-1")]
    [InlineData("Content-Disposition: attachment;\r\n filename=\"a.test!b.test!1764028800!1764115199!1.json.gz\"", true)]
    [InlineData("Content-Type: application/tlsrpt+gzip; name=a.test!b.test!1764028800!1764115199.json", true)]
    [InlineData("a.test!b.test!1764028800!1764115199.json", false)]
    [InlineData("filename=\"a.test!b.test!1764028800!999999999999.json\"", false)]
    [InlineData("filename=\"a.test!1764028800!1764115199.json\"", false)]
    public async Task The_name_of_a_reports_file_tells_its_time(string part, bool tells)
    {
        var body = $"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nA report.\r\n--x\r\n{part}\r\n\r\nx";
        var time = new ReportPeriod(new(2025, 11, 25, 0, 0, 0, TimeSpan.Zero), new(2025, 11, 25, 23, 59, 59, TimeSpan.Zero));
        Assert.Equal(tells ? time : null, (await DeliveredAsync($"TLS-Report-Domain: b.test{body}")).Period);
        Assert.Null((await DeliveredAsync($"Subject: x{body}")).Period);
    }

    [Fact]
    public async Task What_is_too_long_is_cut_and_disturbs_nothing()
    {
        var value = await DeliveredAsync($"TLS-Report-Submitter: {Long[..900]}\r\n {Long[..900]}\r\nTLS-Required: No\r\n\r\nx");
        Assert.Equal((299, "No"), (value.ReportSubmitter!.Length, value.TlsRequired));
        Assert.Equal("No", (await DeliveredAsync($"Subject: {Long[..60_000]}\r\nTLS-Required: No\r\n\r\nx")).TlsRequired);
        Assert.Null((await DeliveredAsync($"Subject: {Long}\r\nTLS-Required: No\r\n\r\nx")).TlsRequired);
    }

    [Theory]
    [InlineData("Subject: x\r\n\r\n")]
    [InlineData("TLS-Report-Domain: b.test\r\n\r\n")] // read on behind the header, up to the limit
    [InlineData("TLS-Report-Domain: b.test\r\n\r\nname=a!b!1764028800!1764115199!\r\n")]
    public void A_long_message_costs_no_memory(string beginning)
    {
        var message = Encoding.Latin1.GetBytes(beginning + new string('x', 4 * 1024 * 1024));
        Read(message.AsSpan(0, 1000)); // what is made once, for all messages
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    private static void Read(ReadOnlySpan<byte> message)
    {
        var header = new HeaderReader();
        foreach (var octet in message)
            header.Take(octet);
    }

    [Fact]
    public async Task Each_message_of_a_session_has_its_own()
    {
        var lab = await Watched.StartAsync(Watched.TakingMail("testing"), Ct);
        await using (lab)
        {
            string[] first = ["MAIL FROM:<a@b.test>", "RCPT TO:<token@x>", "DATA", "TLS-Required: No\r\n\r\nx\r\n."];
            string[] second = ["MAIL FROM:<>", "RCPT TO:<token@x>", "DATA", "Subject: b\r\n\r\nx\r\n."];
            await new SmtpDialogue(lab.Internet).SayAsync("testing", ["EHLO test", .. first, .. second], Ct);
        }
        Assert.Equal([("a@b.test", "No"), ("", null)], lab.Of<Observation.Delivered>().Select(d => (d.Sender, d.TlsRequired)));
    }

    private static async Task<Observation.Delivered> DeliveredAsync(string message)
    {
        var lab = await Watched.StartAsync(Watched.TakingMail("testing"), Ct);
        await using (lab)
        {
            string[] commands = ["EHLO test", "MAIL FROM:<a@b.test>", "RCPT TO:<token@x>", "DATA", $"{message}\r\n."];
            await new SmtpDialogue(lab.Internet).SayAsync("testing", commands, Ct);
        }
        return Assert.Single(lab.Of<Observation.Delivered>());
    }
}
