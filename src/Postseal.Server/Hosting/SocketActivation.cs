using System.Globalization;

namespace Postseal.Server.Hosting;

/// <summary>Whether a service manager hands over listening sockets: sd_listen_fds(3).</summary>
internal static class SocketActivation
{
    /// <summary>True when there are some, and they are meant for this process and not for a parent of it.</summary>
    public static bool IsOurs =>
        Environment.GetEnvironmentVariable("LISTEN_PID") == Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
        && Environment.GetEnvironmentVariable("LISTEN_FDS") is { Length: > 0 } and not "0";
}
