using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Postseal.Lab;
using Postseal.Lab.Domains;
using Postseal.Resolver.Dns;
using Postseal.Server.Configuration;
using Postseal.Server.Hosting;

namespace Postseal.Server.Demo;

/// <summary><c>postseal-server demo</c>: every role that exists, inside the lab, on loopback; nothing to configure and nothing left behind.</summary>
internal static class DemoCommand
{
    private const int StandardPort = 8080;
    private const int PlentyPerMinute = 100_000; // whoever tries the demo is its only visitor

    public static Command Create(TextWriter output)
    {
        var port = new Option<int?>("--port")
        {
            Description = $"Port of the site on loopback; {StandardPort} by default, or any free one if that is taken.",
        };
        var command = new Command("demo", "The lookup site inside the lab: a mail Internet in which every domain has one fault.")
        {
            port,
        };
        port.Checked();
        command.SetAction((parsed, ct) => RunAsync(parsed.GetValue(port), output, ct));
        return command;
    }

    private static async Task<int> RunAsync(int? port, TextWriter output, CancellationToken ct)
    {
        var data = Directory.CreateTempSubdirectory("postseal-demo-").FullName;
        try
        {
            await using var lab = await DemoLab.StartAsync(new(), ct);
            await using var server = await SiteServer.StartAsync(
                Configuration(lab, port ?? FreePort(), data),
                TimeProvider.System,
                ct
            );
            await output.WriteAsync(Welcome(server, lab.Internet).AsMemory(), ct);
            await output.FlushAsync(ct);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
            return 0;
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    /// <summary>The server inside a lab.</summary>
    public static ServerConfiguration Configuration(DemoLab lab, int port, string data) =>
        Configuration(lab.Internet, port, data) with
        {
            Bench = lab.Bench,
        };

    /// <summary>The server inside a lab without a sender test.</summary>
    public static ServerConfiguration Configuration(LabInternet lab, int port, string data) =>
        new()
        {
            DataDirectory = data,
            Examples = [.. LabDomains.All.Select(d => new ExampleDomain(d.Name, d.Fault))],
            Lookup = new([lab.DnsEndPoint], DnssecTrust.Yes, lab.CaFile, AllowPrivate: true, lab.HttpsPort, lab.SmtpPort, null),
            Web = new()
            {
                Listen = [new(IPAddress.Loopback, port)],
                ChecksPerMinute = PlentyPerMinute,
                ChecksPerMinuteTotal = PlentyPerMinute,
                RequestsPerMinute = PlentyPerMinute,
                ProbeInterval = TimeSpan.Zero,
            },
            Private = new() { Listen = new(IPAddress.Loopback, 0) },
            Log = new() { Level = LogLevel.Warning },
        };

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, StandardPort));
            return StandardPort;
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private static string Welcome(SiteServer server, LabInternet lab)
    {
        var site = server.PublicAddress.GetLeftPart(UriPartial.Authority);
        return $"""
            Postseal is running inside its lab. Open

                {site}/

            {LabDomains.All.Count} domains are there to try, each with one fault. By the API:

                curl {site}/api/v1/check/healthy.lab.test

            Test a sender: {site}/sender-test

            Metrics and health, for operators: {server.PrivateAddress.GetLeftPart(UriPartial.Authority)}/metrics
            Ctrl-C ends it and leaves nothing behind.

            """;
    }
}
