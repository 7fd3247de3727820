using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace Postseal.Tests.Lab;

/// <summary>The end of a connection, as the client sees it.</summary>
public static class Ending
{
    /// <summary>Lets time pass, again while the server has yet to begin its wait, until the connection ends.</summary>
    public static async Task ExpectAsync(TcpClient tcp, FakeTimeProvider clock, TimeSpan step, CancellationToken ct)
    {
        var end = IsOverAsync(tcp, ct);
        while (!end.IsCompleted)
        {
            clock.Advance(step);
            await Task.WhenAny(end, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, ct));
        }
        await end;
    }

    /// <summary>True as soon as it has ended; what comes before is not looked at.</summary>
    public static async Task<bool> IsOverAsync(TcpClient tcp, CancellationToken ct)
    {
        try
        {
            while (await tcp.GetStream().ReadAsync(new byte[1024], ct) > 0) { }
            return true;
        }
        catch (IOException)
        {
            return true; // reset is an end, too
        }
    }
}
