using System.Net;
using System.Net.Sockets;
using System.Text;
using Postseal.Cli.Policyd.Server;
using Postseal.Protocol;

namespace Postseal.Cli.Policyd.SelfTest;

/// <summary>Asks the running daemon what has only one answer. That it does not run is no fault: the self-test may come before the first start.</summary>
internal static class DaemonTest
{
    // A key that begins with a dot costs no look-up and no policy is ever inherited (RFC 8461 §3.4).
    private const string Request = "postfix .self-test.invalid";
    private const string Expected = "9:NOTFOUND ,";
    private const int MaxReply = 1000; // bytes: the answer wanted has twelve
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<SelfTestFinding>> RunAsync(
        IReadOnlyList<ListenAddress> addresses,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var findings = new List<SelfTestFinding>();
        foreach (var address in addresses)
        {
            if (Target(address) is { } target)
                findings.Add(await AskAsync(address, target, clock, ct));
        }

        return findings;
    }

    private static async Task<SelfTestFinding> AskAsync(
        ListenAddress address,
        EndPoint target,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var shown = address is ListenAddress.Unix u ? $"unix:{PrintableText.Of(u.Path, 150)}" : $"{address}";
        using var limit = new CancellationTokenSource(Patience, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            var reply = await ExchangeAsync(target, linked.Token);
            return reply == Expected
                ? SelfTestFinding.Ok("daemon", $"The daemon answers at {shown}.")
                : SelfTestFinding.Change(
                    "daemon",
                    $"What listens at {shown} is no policyd: it answered '{PrintableText.Of(reply, 100)}'.",
                    new("Stop it, or let one of the two listen elsewhere.")
                );
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return SelfTestFinding.Change(
                "daemon",
                $"The daemon takes connections at {shown} and gives no answer within {Patience.TotalSeconds:0} s.",
                new(
                    "Look into its log and restart it:",
                    "journalctl -u postseal-policyd -n 50",
                    "systemctl restart postseal-policyd"
                )
            );
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            return SelfTestFinding.Unknown("daemon", $"This user may not connect to {shown}.", new("Run the self-test as root."));
        }
        catch (SocketException)
        {
            return SelfTestFinding.Note("daemon", $"The daemon is not running at {shown}.");
        }
    }

    private static async Task<string> ExchangeAsync(EndPoint target, CancellationToken ct)
    {
        using var socket = new Socket(
            target.AddressFamily,
            SocketType.Stream,
            target is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified
        );
        await socket.ConnectAsync(target, ct);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"{Request.Length}:{Request},"), SocketFlags.None, ct);
        var (buffer, length) = (new byte[MaxReply], 0);
        while (length < buffer.Length && !buffer.AsSpan(0, length).EndsWith(","u8))
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None, ct);
            if (count == 0)
                break;

            length += count;
        }

        return Encoding.Latin1.GetString(buffer, 0, length);
    }

    private static EndPoint? Target(ListenAddress address) =>
        address switch
        {
            ListenAddress.Inet { EndPoint: var at } when at.Address.Equals(IPAddress.Any) => new IPEndPoint(
                IPAddress.Loopback,
                at.Port
            ),
            ListenAddress.Inet { EndPoint: var at } when at.Address.Equals(IPAddress.IPv6Any) => new IPEndPoint(
                IPAddress.IPv6Loopback,
                at.Port
            ),
            ListenAddress.Inet { EndPoint: var at } => at,
            ListenAddress.Unix { Path: var path } => new UnixDomainSocketEndPoint(path),
            _ => null, // systemd's own socket: the addresses that Postfix uses are not known here
        };
}
