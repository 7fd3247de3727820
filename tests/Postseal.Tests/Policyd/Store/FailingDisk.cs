using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Postseal.Tests.Policyd.Store;

/// <summary>Makes every write to a file fail that this process has open, until it is disposed: its descriptor then stands for the same file opened
/// for reading only. What is read stays true.</summary>
internal sealed class FailingDisk : IDisposable
{
    private readonly int _descriptor;
    private readonly int _original;

    public FailingDisk(string file)
    {
        _descriptor = Directory
            .GetFiles("/proc/self/fd")
            .Where(link => new FileInfo(link).LinkTarget == file)
            .Select(link => int.Parse(Path.GetFileName(link), System.Globalization.CultureInfo.InvariantCulture))
            .Single();
        _original = Check(Duplicate(_descriptor));
        using var readable = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Check(Duplicate((int)readable.DangerousGetHandle(), _descriptor));
    }

    public void Dispose()
    {
        using var original = new SafeFileHandle(_original, ownsHandle: true);
        Check(Duplicate(_original, _descriptor));
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [DllImport("libc", EntryPoint = "dup", SetLastError = true)]
    private static extern int Duplicate(int descriptor);

    [DllImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static extern int Duplicate(int descriptor, int onto);
}
