using Xunit;

namespace Postseal.Tests.Policyd.Server;

/// <summary>What the tests of the server share: every transport on every kind of socket, and a deadline for each test.</summary>
public abstract class SocketmapServerTest : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30));

    public static TheoryData<string> Carriers =>
        OperatingSystem.IsLinux() ? ["Epoll tcp", "Epoll unix", .. Portable] : [.. Portable];

    protected CancellationToken Deadline => _deadline.Token;

    private static string[] Portable => ["Kestrel tcp", "Kestrel unix"];

    public void Dispose()
    {
        _deadline.Dispose();
        GC.SuppressFinalize(this);
    }
}
