using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Postseal.Lab.Domains;

namespace Postseal.Benchmarks.Site;

/// <summary>Peers that ask for pages as they are made and for many more behind, on one connection, and then read some bytes a second or none.</summary>
internal static class SlowReaders
{
    public const int Count = 500;
    private const int PagesBehind = 40;
    private const int Sip = 64;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(500);

    public static async Task<string> RunAsync(IPEndPoint site, Task lasts, CancellationToken ct)
    {
        var open = await Task.WhenAll(Enumerable.Range(0, Count).Select(n => Task.Run(() => ReadAsync(site, n, lasts, ct), ct)));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Count} connections with {PagesBehind + 1} pages asked for on each; the server had cut off {open.Count(o => !o)} of them at the end"
        );
    }

    // True when the server still holds the connection at the end.
    private static async Task<bool> ReadAsync(IPEndPoint site, int number, Task lasts, CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveBufferSize = 4096,
        };
        socket.Bind(new IPEndPoint(Visitor.Address(number), 0));
        await socket.ConnectAsync(site, ct);
        var running = $"/check/{LabDomains.All[number % LabDomains.All.Count].Name}";
        string[] paths = [running, .. Enumerable.Repeat(SitePart.KeptPage, PagesBehind)];
        var requests = string.Concat(paths.Select(p => $"GET {p} HTTP/1.1\r\nHost: bench\r\n\r\n"));
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(requests), ct);
            var buffer = new byte[Sip];
            while (!lasts.IsCompleted)
            {
                await Task.WhenAny(lasts, Task.Delay(Between, TimeProvider.System, ct));
                if (number % 2 == 0 && await socket.ReceiveAsync(buffer, ct) == 0)
                    return false;
            }

            await socket.SendAsync("\r\n"u8.ToArray(), ct); // a reset shows itself here
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
