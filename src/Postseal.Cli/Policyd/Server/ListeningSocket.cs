using System.Net;
using System.Net.Sockets;

namespace Postseal.Cli.Policyd.Server;

/// <summary>A socket that listens. Closing it removes the file of a UNIX socket that we made.</summary>
internal sealed class ListeningSocket : IDisposable
{
    // As many as the kernel keeps by default (net.core.somaxconn): every smtp(8) process may come at the same moment.
    private const int Backlog = 4096;

    private readonly string? _ownFile;

    private ListeningSocket(Socket socket, string? ownFile)
    {
        Socket = socket;
        _ownFile = ownFile;
        EndPoint = socket.LocalEndPoint!;
    }

    public Socket Socket { get; }

    /// <summary>Where it really listens.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>Listens on all of the addresses, or on none.</summary>
    /// <exception cref="ListenException">One of them cannot be had.</exception>
    public static IReadOnlyList<ListeningSocket> OpenAll(IReadOnlyList<ListenAddress> addresses)
    {
        var sockets = new List<ListeningSocket>();
        try
        {
            sockets.AddRange(addresses.Select(Open));
            return sockets;
        }
        catch
        {
            sockets.ForEach(s => s.Dispose());
            throw;
        }
    }

    public void Dispose()
    {
        Socket.Dispose();
        if (_ownFile is not null)
            File.Delete(_ownFile);
    }

    private static ListeningSocket Open(ListenAddress address) =>
        address switch
        {
            ListenAddress.Inet inet => OpenInet(inet),
            ListenAddress.Unix unix => UnixSocketFile.Open(unix, socket => new(Listening(socket), unix.Path)),
            ListenAddress.Inherited inherited => Adopt(inherited),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static ListeningSocket OpenInet(ListenAddress.Inet address)
    {
        var socket = new Socket(address.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(address.EndPoint);
            return new(Listening(socket), null);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new ListenException(Sentence(address, e), e);
        }
    }

    private static string Sentence(ListenAddress.Inet address, SocketException e) =>
        e.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse =>
                $"Another program listens on {address} already. Stop it, or choose another port with --listen; 'ss -ltnp' shows which it is.",
            SocketError.AddressNotAvailable => $"{address} cannot be listened on: this host has no such address.",
            SocketError.AccessDenied => $"{address} cannot be listened on: ports below 1024 need the right to bind them.",
            _ => $"{address} cannot be listened on: {e.Message}.",
        };

    private static ListeningSocket Adopt(ListenAddress.Inherited address)
    {
        try
        {
            var socket = new Socket(new SafeSocketHandle(address.Descriptor, ownsHandle: true));
            if (
                socket.SocketType == SocketType.Stream
                && socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection) is not 0
            )
                return new(Prepared(socket), null);

            socket.Dispose();
            throw new ListenException(
                $"The inherited {address} is no listening stream socket: ListenStream= and Accept=no are needed."
            );
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new ListenException($"The inherited {address} is no socket: {e.Message}", e);
        }
    }

    private static Socket Listening(Socket socket)
    {
        socket.Listen(Backlog);
        return Prepared(socket);
    }

    private static Socket Prepared(Socket socket)
    {
        socket.Blocking = false; // who is told of a connection may find it gone
        if (socket.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
            socket.NoDelay = true; // on Linux accepted sockets inherit it; else an answer could wait for the ACK of the one before

        return socket;
    }
}
