using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Postseal.Server.SenderTest.Running;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Running;

/// <summary>Servers under test that answer oddly.</summary>
public sealed class SubmissionTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public SubmissionTests() => _listener.Start();

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task One_that_says_a_little_now_and_then_is_not_waited_for_without_end()
    {
        var submitting = Submission.SubmitAsync("you@example.com", "x", Ct);
        using var server = await _listener.AcceptTcpClientAsync(Ct);
        await AnswerAsync(server, "220 hello", "250 hello");
        await AnswerAsync(server, "250-MAIL"); // a line, and no last one
        _clock.Advance(TimeSpan.FromSeconds(60));
        var refusal = await submitting;
        Assert.Equal(new("no end of its answers in 60 s", IsTemporary: true), refusal);
    }

    [Fact]
    public async Task Nor_is_one_that_greets_so()
    {
        var waiting = Submission.WaitForServerAsync(TimeSpan.FromSeconds(60), () => false, Ct);
        using var server = await _listener.AcceptTcpClientAsync(Ct);
        await server.GetStream().WriteAsync("220-hel"u8.ToArray(), Ct);
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("it answers, but not to the end", await waiting);
    }

    [Theory]
    [InlineData("450 later", true)]
    [InlineData("550 no", false)]
    public async Task What_it_answers_is_told_with_its_code(string answer, bool isTemporary)
    {
        var submitting = Submission.SubmitAsync("you@example.com", "x", Ct);
        using var server = await _listener.AcceptTcpClientAsync(Ct);
        await AnswerAsync(server, "220 hello", "250 hello", answer, "250 reset");
        Assert.Equal(new(answer, isTemporary), await submitting);
    }

    private Submission Submission => new(Via.Parse(_listener.LocalEndpoint.ToString()!)!, "me@example.com", null, _clock);

    // The greeting comes unasked, each further answer after a command.
    private static async Task AnswerAsync(TcpClient server, params string[] answers)
    {
        var stream = server.GetStream();
        foreach (var answer in answers)
        {
            if (!answer.StartsWith("220", StringComparison.Ordinal))
                Assert.NotEqual(0, await stream.ReadAsync(new byte[1000], Ct));

            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{answer}\r\n"), Ct);
        }
    }
}
