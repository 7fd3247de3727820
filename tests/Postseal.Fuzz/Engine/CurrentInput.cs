using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace Postseal.Fuzz.Engine;

/// <summary>The input that is being tried, in a file that outlives the process: an overflown stack or a full memory ends it at once.</summary>
internal sealed class CurrentInput : IDisposable
{
    private const int Header = sizeof(int);

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly int _capacity;

    /// <param name="path">Made anew.</param>
    /// <param name="capacity">Of the longest input.</param>
    public CurrentInput(string path, int capacity)
    {
        _capacity = capacity;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, null, Header + capacity);
        _view = _file.CreateViewAccessor();
    }

    /// <summary>Notes an input.</summary>
    public void Set(byte[] input)
    {
        var length = Math.Min(input.Length, _capacity);
        _view.Write(0, length);
        _view.WriteArray(Header, input, 0, length);
    }

    /// <summary>The last one noted in a file; empty where there is none.</summary>
    public static byte[] Read(string path)
    {
        if (!File.Exists(path) || File.ReadAllBytes(path) is not { Length: >= Header } bytes)
            return [];

        var length = Math.Clamp(BinaryPrimitives.ReadInt32LittleEndian(bytes), 0, bytes.Length - Header);
        return bytes[Header..(Header + length)];
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
