using System.Globalization;

namespace Postseal.Cli.Policyd.Server;

/// <summary>The sockets that a service manager hands over: sd_listen_fds(3).</summary>
internal static class SocketActivation
{
    private const int FirstDescriptor = 3; // SD_LISTEN_FDS_START
    private const int MaxDescriptors = 1024; // more is a broken environment, not a unit file

    /// <summary>The handed-over sockets in the order of the unit file; none unless they are meant for this process.</summary>
    /// <param name="environment">Reads a variable; null when it is not set.</param>
    /// <param name="processId">This process.</param>
    public static IReadOnlyList<ListenAddress.Inherited> Inherited(Func<string, string?> environment, int processId)
    {
        if (
            Number(environment("LISTEN_PID")) != processId
            || Number(environment("LISTEN_FDS")) is not (> 0 and <= MaxDescriptors and var count)
        )
            return [];

        var names = environment("LISTEN_FDNAMES")?.Split(':') ?? [];
        return [.. Enumerable.Range(0, count).Select(i => new ListenAddress.Inherited(FirstDescriptor + i, Text(i)))];

        string Text(int index) =>
            index < names.Length && names[index].Length > 0
                ? $"socket {names[index]} (descriptor {FirstDescriptor + index})"
                : $"descriptor {FirstDescriptor + index}";
    }

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
