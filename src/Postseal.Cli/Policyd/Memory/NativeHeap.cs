using System.Runtime.InteropServices;

namespace Postseal.Cli.Policyd.Memory;

/// <summary>The heap of the C library, where OpenSSL and SQLite have their memory. What glibc alone can do is left out elsewhere (musl, macOS, Windows).</summary>
internal static partial class NativeHeap
{
    private const string Library = "libc";
    private const int ArenaMax = -8; // M_ARENA_MAX of mallopt(3)

    /// <summary>One heap for all threads from now on: each thread that ever did a handshake would else keep one of its own.</summary>
    public static void ShareAmongThreads()
    {
        if (Has("mallopt"))
            _ = SetOption(ArenaMax, 1);
    }

    /// <summary>Gives what is free back to the system.</summary>
    public static void GiveBack()
    {
        if (Has("malloc_trim"))
            _ = Trim(0);
    }

    private static bool Has(string function) =>
        OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad(Library, typeof(NativeHeap).Assembly, searchPath: null, out var library)
        && NativeLibrary.TryGetExport(library, function, out _);

    [LibraryImport(Library, EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);

    [LibraryImport(Library, EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
