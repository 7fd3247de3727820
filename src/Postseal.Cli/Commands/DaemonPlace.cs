using System.Net;
using System.Net.Sockets;
using Postseal.Cli.Policyd.Server;

namespace Postseal.Cli.Commands;

/// <summary>Where a running daemon is asked.</summary>
internal abstract record DaemonPlace
{
    private DaemonPlace() { }

    /// <summary>What stands behind <c>http://</c>.</summary>
    public abstract string Host { get; }

    /// <summary>The option that has the daemon serve here.</summary>
    public abstract string Option { get; }

    /// <summary>Connects there, and nowhere else.</summary>
    public abstract SocketsHttpHandler NewHandler();

    /// <summary>Its status pages: it may be asked.</summary>
    public sealed record Http(IPEndPoint Address) : DaemonPlace
    {
        /// <summary>Where the packaged configuration puts them.</summary>
        public const string Default = "127.0.0.1:8462";

        public override string Host => Address.ToString();

        public override string Option => $"--http {Address}";

        public override SocketsHttpHandler NewHandler() => new() { UseProxy = false, AllowAutoRedirect = false };

        public override string ToString() => Address.ToString();
    }

    /// <summary>Its control socket: it may be asked and told.</summary>
    public sealed record Control(string Path) : DaemonPlace
    {
        /// <summary>Where the packaged configuration puts it.</summary>
        public const string Default = "unix:/run/postseal/control.sock";

        public override string Host => "localhost";

        public override string Option => $"--control {this}";

        public override SocketsHttpHandler NewHandler() =>
            new()
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                ConnectCallback = (_, ct) => ConnectAsync(Path, ct),
            };

        public override string ToString() => $"unix:{Path}";

        private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken ct)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    /// <summary>Reads <c>HOST:PORT</c> or <c>unix:PATH</c>; null where it is neither.</summary>
    public static DaemonPlace? Parse(string text)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal))
            return ListenAddress.TryParse(text, out var address, out _) && address is ListenAddress.Unix unix
                ? new Control(unix.Path)
                : null;

        var place = text.Replace("localhost:", "127.0.0.1:", StringComparison.Ordinal);
        return IPEndPoint.TryParse(place, out var at) && at.Port != 0 ? new Http(at) : null;
    }
}
