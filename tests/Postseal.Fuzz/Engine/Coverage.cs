using System.Numerics;
using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Postseal.Fuzz.Engine;

/// <summary>The map in which instrumented code (SharpFuzz) counts its branches, and what of it has been seen so far. One per process, one thread.</summary>
internal sealed unsafe class Coverage
{
    private const int Size = 1 << 16; // as SharpFuzz numbers branches

    private readonly byte* _map = Install();
    private readonly byte[] _seen = new byte[Size];

    /// <summary>Branches seen at least once; 0 where the assemblies are not instrumented.</summary>
    public int Branches { get; private set; }

    /// <summary>Has to come before any instrumented code runs, which writes through the pointer.</summary>
    public static byte* Install()
    {
        if (Trace.SharedMem is null)
            Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(Size);

        return Trace.SharedMem;
    }

    /// <summary>Before an input.</summary>
    public void Begin()
    {
        new Span<byte>(_map, Size).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>After an input: whether it took a branch that none before it took, or one by another order of magnitude more often.</summary>
    public bool End()
    {
        var isNew = false;
        for (var i = 0; i < Size; i += sizeof(ulong))
        {
            if (*(ulong*)(_map + i) != 0)
                isNew |= Note(i);
        }

        return isNew;
    }

    private bool Note(int from)
    {
        var isNew = false;
        for (var i = from; i < from + sizeof(ulong); i++)
        {
            if (_map[i] == 0)
                continue;

            var magnitude = (byte)(1 << BitOperations.Log2(_map[i]));
            if ((_seen[i] & magnitude) != 0)
                continue;

            Branches += _seen[i] == 0 ? 1 : 0;
            _seen[i] |= magnitude;
            isNew = true;
        }

        return isNew;
    }
}
