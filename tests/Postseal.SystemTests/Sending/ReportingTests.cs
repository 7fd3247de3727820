using System.Net.Sockets;
using System.Text.Json;
using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Sending;

/// <summary>Postfix 3.10 takes a policy with its text and its MX patterns, keeps to the patterns, and reports what it did (RFC 8460).</summary>
[Collection(SendingStories.Name)]
public sealed class ReportingTests(SendingInternet internet)
{
    private const string Settings = """
        smtp_tls_policy_maps = socketmap:inet:127.0.0.1:8461:postfix-tlsrpt
        smtp_tlsrpt_enable = yes
        smtp_tlsrpt_socket_name = private/tlsrpt
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("rfc", "8461-4.1-1")]
    public async Task Postfix_with_TLS_reporting_skips_hosts_outside_the_policy_and_reports_the_policy_it_was_given()
    {
        var network = internet.Network;
        var (root, missing) = await DebianRoot.Trixie.FindOrMakeAsync(Ct);
        Peers.Demand(missing);
        var folder = internet.NewFolder();
        await DebianRoot.MountAsync(root!, folder, network, Ct);
        File.Copy(internet.CaFile, Path.Combine(folder, "ca.pem"));
        Directory.CreateDirectory(Path.Combine(folder, "conf"));
        await File.WriteAllTextAsync(Path.Combine(folder, "conf", "transport"), "", Ct);
        await using var daemon = await PolicyDaemon.StartAsync(internet, internet.NewFolder(), [], Ct);
        await using var sender = await SendingPostfix.StartAsync(new("trixie", folder, root), network, Settings, "", Ct);
        using var reports = await CollectAsync(Path.Combine(folder, "queue", "private", "tlsrpt"));

        // The MX host outside has a certificate in order, and no mail may go there.
        var outcome = await sender.SendAsync(["skips.plain.test"], Ct);
        Assert.Equal("sent", outcome["skips.plain.test"]);
        Assert.Equal("mx2.skips.plain.test", outcome.To["skips.plain.test"].Relay);
        Assert.Empty(MailLog.Sessions(outcome.Log, "mx1.skips.plain.test"));
        AssertReport(await ReceiveAsync(reports), "skips.plain.test", "mx2.skips.plain.test", failed: false);

        var refused = await sender.SendAsync(["reported-bad.plain.test"], Ct);
        Assert.Equal("deferred 4.7.5", refused["reported-bad.plain.test"]);
        AssertReport(await ReceiveAsync(reports), "reported-bad.plain.test", "mx1.reported-bad.plain.test", failed: true);

        // With TLSA records it is DANE that was applied (1), and the policy plays no part.
        await daemon.SaysAsync("reported.secure.test", "OK dane-only", Ct);
        Assert.Equal("sent", (await sender.SendAsync(["reported.secure.test"], Ct))["reported.secure.test"]);
        var dane = Assert.Single((await ReceiveAsync(reports)).GetProperty("policies").EnumerateArray());
        Assert.Equal(1, dane.GetProperty("policy-type").GetInt32());
    }

    private static void AssertReport(JsonElement report, string domain, string pattern, bool failed)
    {
        Assert.Equal(domain, report.GetProperty("d").GetString());
        var policy = Assert.Single(report.GetProperty("policies").EnumerateArray());
        // 2: MTA-STS.
        Assert.Equal(2, policy.GetProperty("policy-type").GetInt32());
        Assert.Equal(domain, policy.GetProperty("policy-domain").GetString());
        Assert.Equal([pattern], Texts(policy, "mx-host"));
        string[] text = ["version: STSv1", "mode: enforce", $"mx: {pattern}", "max_age: 2592000"];
        Assert.Equal(text, Texts(policy, "policy-string"));
        Assert.Equal(failed ? 1 : 0, policy.GetProperty("f").GetInt32());
    }

    private static IEnumerable<string?> Texts(JsonElement policy, string name) =>
        policy.GetProperty(name).EnumerateArray().Select(text => text.GetString());

    private static async Task<Socket> CollectAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        await Tool.MustRunAsync("chmod", ["666", path], Ct);
        return socket;
    }

    private static async Task<JsonElement> ReceiveAsync(Socket socket)
    {
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, Ct);
        var buffer = new byte[65_536];
        var length = await socket.ReceiveAsync(buffer, both.Token);
        TestContext.Current.TestOutputHelper?.WriteLine(System.Text.Encoding.UTF8.GetString(buffer, 0, length));
        return JsonDocument.Parse(buffer.AsMemory(0, length)).RootElement;
    }
}
