namespace Postseal.Benchmarks;

/// <summary>The addresses of the world, all of them loopback inside the sandbox.</summary>
internal static class Net
{
    public const string Resolver = "127.0.0.1";
    public const string Authority = "127.0.0.2";
    public const string PolicyWeb = "127.0.0.4";
    public const string MailHost = "127.0.0.5";

    /// <summary>Takes connections and never says a word.</summary>
    public const string Silent = "127.0.0.9";

    public const int SocketmapPort = 8461;
}
