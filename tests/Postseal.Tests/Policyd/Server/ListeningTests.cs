using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Postseal.Cli.Policyd.Server;
using Xunit;

namespace Postseal.Tests.Policyd.Server;

public sealed class ListeningTests : SocketmapServerTest
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("listen");

    private string SocketPath => Path.Combine(_folder.FullName, "s");

    [Theory, MemberData(nameof(Carriers))]
    public async Task A_unix_socket_gets_its_mode_and_goes_at_the_stop(string carrier)
    {
        var address = new ListenAddress.Unix(SocketPath, (UnixFileMode)0b110_110_000, null, null);
        await using (Start(carrier, address))
        {
            if (!OperatingSystem.IsWindows())
                Assert.Equal(address.Mode, File.GetUnixFileMode(SocketPath));
        }

        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public async Task A_socket_that_a_dead_server_left_is_replaced()
    {
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(SocketPath + ".old"));
            dead.Listen();
            File.Move(SocketPath + ".old", SocketPath); // or closing would remove it
        }

        Assert.True(File.Exists(SocketPath));
        await using var server = Start("Epoll", Unix());
        using var client = new TestClient(new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
        await client.Socket.ConnectAsync(server.EndPoints[0], Deadline);
        await client.AskAsync("x", Deadline);
    }

    [Fact]
    public async Task A_socket_on_which_a_server_answers_is_left_alone()
    {
        await using var first = Start("Epoll", Unix());
        Refused(Unix(), $"Another server answers on {SocketPath} already. Stop it, or choose another path for this socket.");
        using var client = new TestClient(new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
        await client.Socket.ConnectAsync(first.EndPoints[0], Deadline);
        await client.AskAsync("x", Deadline);
    }

    [Fact]
    public void What_is_no_socket_is_left_alone()
    {
        File.WriteAllText(SocketPath, "precious");
        Refused(Unix(), $"{SocketPath} exists and is no socket. Remove it, or choose another path for this socket.");
        Assert.Equal("precious", File.ReadAllText(SocketPath));
        Refused(
            new ListenAddress.Unix(_folder.FullName, 0, null, null),
            $"{_folder.FullName} is a directory; unix: needs the name of a file."
        );
    }

    [Fact]
    public void A_missing_directory_and_an_unknown_owner_are_said()
    {
        var lost = Path.Combine(_folder.FullName, "none", "s");
        Refused(
            new ListenAddress.Unix(lost, 0, null, null),
            $"The socket {lost} cannot be made: there is no directory {Path.GetDirectoryName(lost)}."
        );
        Refused(
            new ListenAddress.Unix(SocketPath, 0, "no-such-user", null),
            $"There is no user 'no-such-user' on this system, as owner= of {SocketPath} says."
        );
        Refused(
            new ListenAddress.Unix(SocketPath, 0, "root", "no-such-group"),
            $"There is no group 'no-such-group' on this system, as owner= of {SocketPath} says."
        );
        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public async Task A_port_in_use_is_said_and_the_other_addresses_are_let_go()
    {
        await using var first = Start("Epoll", new ListenAddress.Inet(new(IPAddress.Loopback, 0)));
        var taken = new ListenAddress.Inet((IPEndPoint)first.EndPoints[0]);
        Refused(
            [Unix(), taken],
            $"Another program listens on {taken} already. Stop it, or choose another port with --listen; 'ss -ltnp' shows which it is."
        );
        Assert.False(File.Exists(SocketPath));
    }

    [Theory]
    [InlineData("Epoll")]
    [InlineData("Kestrel")]
    public async Task An_inherited_socket_serves_and_its_file_stays(string transport)
    {
        var given = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        given.Bind(new UnixDomainSocketEndPoint(SocketPath));
        given.Listen();
        var address = new ListenAddress.Inherited((int)given.SafeHandle.DangerousGetHandle(), "socket a");
        given.SafeHandle.SetHandleAsInvalid(); // the server owns it now; disposing of ours would close it all the same
        await using (var server = Start(transport, address))
        {
            using var client = new TestClient(new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
            await client.Socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), Deadline);
            await client.AskAsync("x", Deadline);
        }

        Assert.True(File.Exists(SocketPath));
        GC.KeepAlive(given); // its finalizer would remove the file, whenever the collector comes
    }

    [Fact]
    public void An_inherited_descriptor_that_does_not_listen_is_refused()
    {
        var given = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var address = new ListenAddress.Inherited((int)given.SafeHandle.DangerousGetHandle(), "socket a");
        given.SafeHandle.SetHandleAsInvalid();
        Refused(address, "The inherited socket a is no listening stream socket: ListenStream= and Accept=no are needed.");
    }

    private ListenAddress.Unix Unix() => new(SocketPath, ListenAddress.DefaultMode, null, null);

    private static void Refused(ListenAddress address, string message) => Refused([address], message);

    private static void Refused(ListenAddress[] addresses, string message)
    {
        var refused = Assert.Throws<ListenException>(() => Start("Epoll", addresses));
        Assert.Equal(message, refused.Message);
    }

    private static SocketmapServer Start(string carrier, params ListenAddress[] addresses) =>
        SocketmapServer.Start(
            addresses,
            new(),
            new(Echo, (_, _) => throw new InvalidOperationException()),
            TimeProvider.System,
            NullLogger.Instance,
            Enum.Parse<TransportKind>(carrier.Split(' ')[0])
        );

    private static bool Echo(ReadOnlySpan<byte> request, out ReadOnlyMemory<byte> reply)
    {
        reply = TestServer.Reply(System.Text.Encoding.UTF8.GetString(request));
        return true;
    }
}
