namespace Postseal.SystemTests.Servers;

/// <summary>Debian's AppArmor profiles allow named and unbound their folders below /etc and /var only. They go by the program's path.</summary>
public static class Unconfined
{
    /// <summary>Copies an installed program into a folder and returns the copy's path.</summary>
    public static string Copy(string program, string folder)
    {
        var copy = Path.Combine(folder, program);
        File.Copy(Tool.Find(program) ?? throw new FileNotFoundException(program), copy);
        return copy;
    }
}
