using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Postseal.Cli.Policyd.Server;

/// <summary>Kind and owner of a file, which .NET does not tell.</summary>
internal static partial class FileOwner
{
    private const int StatxBytes = 256; // struct statx is the same on every architecture
    private const int StatxModeOffset = 28;
    private const int AtSymlinkNoFollow = 0x100;
    private const int AtCurrentDirectory = -100;
    private const uint StatxType = 1;
    private const int TypeMask = 0xF000;
    private const int TypeSocket = 0xC000;
    private const uint Unchanged = uint.MaxValue; // (uid_t)-1 of chown(2)

    /// <summary>Whether the path is a socket; null where the system cannot be asked.</summary>
    public static bool? IsSocket(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;

        Span<byte> status = stackalloc byte[StatxBytes];
        return Statx(AtCurrentDirectory, path, AtSymlinkNoFollow, StatxType, ref status[0]) == 0
            && (MemoryMarshal.Read<ushort>(status[StatxModeOffset..]) & TypeMask) == TypeSocket;
    }

    /// <summary>Gives the file to a user and a group, by name or number.</summary>
    /// <exception cref="ListenException">There is no such user or group, or we may not.</exception>
    public static void Set(string path, string owner, string? group)
    {
        if (OperatingSystem.IsWindows())
            throw new ListenException($"The owner of {path} cannot be set on this system; leave owner= out.");

        var user =
            Id(owner, GetUser)
            ?? throw new ListenException($"There is no user '{owner}' on this system, as owner= of {path} says.");
        var gid = group is null
            ? Unchanged
            : Id(group, GetGroup)
                ?? throw new ListenException($"There is no group '{group}' on this system, as owner= of {path} says.");
        if (Chown(path, user, gid) != 0)
            throw new ListenException(
                $"{path} cannot be given to {owner}{(group is null ? "" : $":{group}")} ({Marshal.GetLastPInvokeErrorMessage()}): only root may do that. "
                    + "Start as root, let systemd make the socket, or leave owner= out."
            );
    }

    /// <summary>The mode that the file of a UNIX socket will have, less what umask takes away. Only Linux asks the socket for it.</summary>
    public static void SetMode(Socket socket, UnixFileMode mode)
    {
        if (OperatingSystem.IsLinux())
            _ = ChangeMode((int)socket.Handle, (uint)mode);
    }

    private static uint? Id(string name, Func<string, IntPtr> find)
    {
        if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number != Unchanged)
            return number;

        // struct passwd and struct group begin with two pointers, name and password; the id follows.
        var entry = find(name);
        return entry == IntPtr.Zero ? null : unchecked((uint)Marshal.ReadInt32(entry, 2 * IntPtr.Size));
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte status);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Chown(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int ChangeMode(int descriptor, uint mode);

    [LibraryImport("libc", EntryPoint = "getpwnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial IntPtr GetUser(string name);

    [LibraryImport("libc", EntryPoint = "getgrnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial IntPtr GetGroup(string name);
}
