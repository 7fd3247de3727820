using System.Net.Sockets;

namespace Postseal.Cli.Policyd.Server;

/// <summary>The file of a UNIX socket: one that a dead server left is replaced, anything else is left alone.</summary>
internal static class UnixSocketFile
{
    /// <summary>Binds, sets mode and owner, and only then listens: nobody connects before.</summary>
    public static ListeningSocket Open(ListenAddress.Unix address, Func<Socket, ListeningSocket> listen)
    {
        RemoveStale(address.Path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var isBound = false;
        try
        {
            FileOwner.SetMode(socket, address.Mode); // the file comes into being with it: there is no moment with another one
            socket.Bind(new UnixDomainSocketEndPoint(address.Path));
            isBound = true;
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(address.Path, address.Mode);

            if (address.Owner is { } owner)
                FileOwner.Set(address.Path, owner, address.Group);

            return listen(socket);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (isBound)
                File.Delete(address.Path);

            if (e is SocketException or IOException or UnauthorizedAccessException)
                throw new ListenException(Sentence(address.Path, e), e);

            throw;
        }
    }

    private static string Sentence(string path, Exception e) =>
        e switch
        {
            _ when Path.GetDirectoryName(path) is { } folder && !Directory.Exists(folder) =>
                $"The socket {path} cannot be made: there is no directory {folder}.",
            SocketException { SocketErrorCode: SocketError.AccessDenied } or UnauthorizedAccessException =>
                $"The socket {path} cannot be made: this user may not write into its directory.",
            _ => $"The socket {path} cannot be made: {e.Message}.",
        };

    private static void RemoveStale(string path)
    {
        if (Directory.Exists(path))
            throw new ListenException($"{path} is a directory; unix: needs the name of a file.");

        // A file that vanishes meanwhile is what we want; one that comes into being makes binding fail.
        if (!File.Exists(path))
            return;

        if (FileOwner.IsSocket(path) == false)
            throw new ListenException($"{path} exists and is no socket. Remove it, or choose another path for this socket.");

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        probe.Blocking = false; // a server whose queue is full lives too, and is not waited for
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            Delete(path);
            return;
        }
        catch (SocketException e) when (e.SocketErrorCode is not (SocketError.WouldBlock or SocketError.InProgress))
        {
            throw new ListenException($"{path} exists, and whether a server answers on it cannot be told: {e.Message}.", e);
        }

        throw new ListenException($"Another server answers on {path} already. Stop it, or choose another path for this socket.");
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ListenException($"The stale socket {path} cannot be removed: {e.Message}", e);
        }
    }
}
