using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Sending;

/// <summary>What an operator does with the daemon: a socket for a jailed Postfix, reload, stop.</summary>
[Collection(SendingStories.Name)]
public sealed class OperationsTests(SendingInternet internet)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_chrooted_smtp_asks_at_a_socket_in_its_queue_directory()
    {
        var socket = internet.SocketInQueue;
        string[] listen = ["--listen", $"unix:{socket},mode=0660,owner=postfix"];
        await using var daemon = await PolicyDaemon.StartAsync(internet, internet.NewFolder(), listen, Ct);

        var outcome = await internet.Sender.SendAsync(["jailed.plain.test", "jailed-bad.plain.test"], Ct);

        Assert.Equal("sent", outcome["jailed.plain.test"]);
        Assert.Equal(["Verified"], MailLog.Sessions(outcome.Log, "mx1.jailed.plain.test"));
        Assert.Equal("deferred 4.7.5", outcome["jailed-bad.plain.test"]);
        Assert.Contains("certificate not verified", outcome.To["jailed-bad.plain.test"].Reason, StringComparison.Ordinal);
        Assert.Equal("660 postfix", (await Tool.MustRunAsync("stat", ["-c", "%a %U", socket], Ct)).Trim());
    }

    [Fact]
    public async Task A_reload_takes_up_an_override_and_refuses_a_file_with_mistakes()
    {
        const string domain = "overridden.plain.test";
        var folder = internet.NewFolder();
        var file = Path.Combine(folder, "policyd.toml");
        await File.WriteAllTextAsync(file, "", Ct);
        await using var daemon = await PolicyDaemon.StartAsync(internet, folder, ["--config", file], Ct);
        Assert.Equal("deferred 4.7.5", (await internet.Sender.SendAsync([domain], Ct))[domain]);

        var year = TimeProvider.System.GetUtcNow().Year + 1;
        string Off(string reason) =>
            $"[overrides.\"{domain}\"]\naction = \"off\"\nreason = \"{reason}\"\nexpires = {year}-12-31\n";
        await ReloadAsync(daemon, file, Off("their certificate ended, ticket 17"), domain, "ticket 17");
        Assert.Equal("sent", (await internet.Sender.SendAsync([domain], Ct))[domain]);

        var mark = daemon.Server.LogLength;
        await File.WriteAllTextAsync(file, "nonsense-key = 1\n", Ct);
        await daemon.Server.SignalAsync("HUP", Ct);
        await daemon.Server.WaitForLogAsync("nonsense-key", mark, Ct);
        Assert.Equal("sent", (await internet.Sender.SendAsync([domain], Ct))[domain]);
    }

    [Fact]
    public async Task A_daemon_told_to_stop_answers_what_it_was_asked_and_ends_well()
    {
        // A policy host that takes the connection and never says a word.
        var site = internet.Sites.Single(s => s.Site.Name == "mute");
        using var mute = await internet.Network.ListenAsync(site.PolicyPlace, Ct);
        await using var daemon = await PolicyDaemon.StartAsync(internet, internet.NewFolder(), ["--timeout", "5"], Ct);
        using var client = await internet.Network.ConnectAsync(new(IPAddress.Loopback, PolicyDaemon.Port), Ct);
        var request = $"postfix {site.Site.Domain}";
        await client.SendAsync(
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{request.Length}:{request},")),
            Ct
        );
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        using var asked = await mute.AcceptAsync(deadline.Token);

        await daemon.Server.SignalAsync("TERM", Ct);

        var answer = await ReadToEndAsync(client);
        Assert.Matches("^[0-9]+:(NOTFOUND |TEMP .*),$", answer);
        Assert.Equal(0, await daemon.Server.WaitForEndAsync(Ct));
    }

    private static async Task ReloadAsync(PolicyDaemon daemon, string file, string text, string domain, string sign)
    {
        var mark = daemon.Server.LogLength;
        await File.WriteAllTextAsync(file, text, Ct);
        await daemon.Server.SignalAsync("HUP", Ct);
        await daemon.Server.WaitForLogAsync("Configuration reloaded", mark, Ct); // says so when the signal itself is not answered
        await daemon.SaysAsync(domain, sign, Ct);
    }

    private static async Task<string> ReadToEndAsync(Socket client)
    {
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, Ct);
        await using var stream = new NetworkStream(client);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(both.Token);
    }
}
